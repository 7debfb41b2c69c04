// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.wire.service.ServiceState;

/**
 * How a service is, as the Doctor sees it.
 *
 * @param reason why, for people
 * @param agent who has it; empty when nobody
 * @param epoch of its assignment; -1 when there is none
 * @param pid 0 when it does not run, as far as is known
 */
public record ServiceView(
        String name, ServiceState state, String reason, String agent, long epoch, long pid, int restarts) {}
