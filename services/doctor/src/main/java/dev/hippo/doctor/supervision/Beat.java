// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Set;

/**
 * What a service says of itself with a heartbeat.
 *
 * @param state in its own word
 * @param epoch of the assignment that it was started for; -1 when it was told none
 * @param lag how many events it is behind
 * @param progress something that changes whenever the service gets on
 */
record Beat(String service, String state, long pid, long epoch, Duration interval, long lag, String progress) {
    private static final Set<String> ENDS = Set.of("stopped", "failed", "fenced");

    /** Whether its process has ended, or is about to and does not come back by itself. */
    boolean ended() {
        return ENDS.contains(state);
    }

    /** Reads a heartbeat of the kit. */
    static Beat from(JsonNode json) {
        String position = json.path("position").asText();
        return new Beat(
                json.path("service_name").asText(),
                json.path("state").asText("running"),
                json.path("service_pid").asLong(),
                json.path("epoch").asLong(-1),
                Duration.ofMillis(Math.max(100, json.path("interval").asLong(1_000))),
                json.path("lag").asLong(),
                position.isEmpty()
                        ? json.path("in").asText() + "/" + json.path("out").asText()
                        : position);
    }
}
