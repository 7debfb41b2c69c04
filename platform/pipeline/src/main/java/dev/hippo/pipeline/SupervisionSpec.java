// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.time.Duration;

/**
 * When the Doctor acts.
 *
 * @param lost how long an agent is silent before its services are given to others
 * @param hung how long a process that lives is silent before it is killed and started again
 * @param noProgress how long a service may have work before it and get nowhere before people are alerted; zero for ever
 */
public record SupervisionSpec(Duration lost, Duration hung, Duration noProgress) {
    /** What holds when the file says nothing. */
    public static final SupervisionSpec DEFAULT =
            new SupervisionSpec(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMinutes(1));
}
