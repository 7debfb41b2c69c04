// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * How far a rule with a time has come.
 *
 * @param done the last of its times that was dealt with
 */
record ScheduleMark(String rule, Instant done) {
    private static final ObjectMapper JSON = new ObjectMapper();

    String key(String prefix) {
        return prefix + "/schedule/" + rule;
    }

    byte[] toBytes() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("schedule", rule)
                .put("done", done.toString())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    static ScheduleMark fromBytes(byte[] value) throws IOException {
        JsonNode json = JSON.readTree(value);
        return new ScheduleMark(
                json.path("schedule").asText(), Instant.parse(json.path("done").asText()));
    }
}
