// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that a person should know of, on {@code hippo-alerts}.
 *
 * @param subject the service or agent
 * @param text a sentence, with what to do where a person must act
 */
public record Alert(String pipeline, String subject, Cause cause, String text, String by, Instant at) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What an alert is about. */
    public enum Cause {
        /** A process died and is started again. */
        DIED(false),
        /** A service was given up. */
        GAVE_UP(true),
        /** A process lives and has not been heard of for too long. */
        HUNG(false),
        /** A service has work before it and does none. */
        NO_PROGRESS(true),
        /** An agent has not been heard of for so long that its services are moved. */
        AGENT_LOST(true),
        /** An agent that was lost is heard of again. */
        AGENT_BACK(false),
        /** A service was given to another agent. */
        MOVED(false),
        /** No agent may run a service. */
        NO_PLACE(true),
        /** An agent of a pipeline of this name has another pipeline file. */
        OTHER_FILE(true),
        /** A service does again what an alert said that it did not. */
        RECOVERED(false);

        private final boolean urgent;

        Cause(boolean urgent) {
            this.urgent = urgent;
        }

        /** Whether a person must act. */
        public boolean urgent() {
            return urgent;
        }

        /** As it is written. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One JSON object. */
    public byte[] toBytes() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("pipeline", pipeline)
                .put("subject", subject)
                .put("cause", cause.word())
                .put("urgent", cause.urgent())
                .put("text", text)
                .put("by", by)
                .put("at", at.toString())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads an alert.
     *
     * @throws IOException if it is none
     */
    public static Alert fromBytes(byte[] value) throws IOException {
        JsonNode json = JSON.readTree(value);
        try {
            return new Alert(
                    json.path("pipeline").asText(),
                    json.path("subject").asText(),
                    Cause.valueOf(
                            json.path("cause").asText().toUpperCase(Locale.ROOT).replace('-', '_')),
                    json.path("text").asText(),
                    json.path("by").asText(),
                    Instant.parse(json.path("at").asText()));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IOException("no alert: " + e.getMessage(), e);
        }
    }
}
