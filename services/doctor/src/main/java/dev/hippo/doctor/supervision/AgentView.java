// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How an agent is, as the Doctor sees it.
 *
 * @param state running, silent, lost, stopped or unknown
 * @param services what it has been given
 * @param silence since when it has not been heard of
 */
public record AgentView(String name, String state, Set<String> labels, List<String> services, Duration silence) {
    public AgentView {
        labels = Set.copyOf(labels);
        services = List.copyOf(services);
    }
}
