// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Says which agent runs a service, or that nobody shall. The last one for a service in {@code hippo-services} is what counts, and its offset there is the epoch of
 * the processes that are started because of it: a process that finds one with a higher offset ends. This is the fencing token of Kleppmann, <i>How to do
 * distributed locking</i> (2016), with Kafka's log as the service that counts.
 *
 * @param agent who runs it, or ran it last
 * @param running false when it shall not run
 * @param kill whether a process of an older epoch is killed at once: it no longer answers
 * @param by who says so: an agent for itself, a Doctor, or a person
 * @param reason for people
 * @param epoch the offset in the topic; -1 before it is written
 */
public record Assignment(
        String pipeline,
        String service,
        String agent,
        boolean running,
        boolean kill,
        String by,
        String reason,
        Instant at,
        long epoch) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One that is not written yet. */
    public static Assignment of(
            String pipeline, String service, String agent, boolean running, String by, String reason, Instant at) {
        return new Assignment(pipeline, service, agent, running, false, by, reason, at, -1);
    }

    /** The same, but a process that runs already is killed without being asked. */
    public Assignment killing() {
        return new Assignment(pipeline, service, agent, running, true, by, reason, at, epoch);
    }

    /** The same, at its place in the log. */
    public Assignment at(long offset) {
        return new Assignment(pipeline, service, agent, running, kill, by, reason, at, offset);
    }

    /** The key under which a service's assignment is kept. */
    public static byte[] key(String pipeline, String service) {
        return (pipeline + "/" + service).getBytes(StandardCharsets.UTF_8);
    }

    /** One JSON object, without the epoch. */
    public byte[] toBytes() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("pipeline", pipeline)
                .put("service_name", service)
                .put("agent", agent)
                .put("running", running)
                .put("kill", kill)
                .put("by", by)
                .put("reason", reason)
                .put("at", at.toString())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a record of the topic.
     *
     * @throws IOException if it is no assignment
     */
    public static Assignment of(ConsumerRecord<byte[], byte[]> record) throws IOException {
        JsonNode json = record.value() == null ? null : JSON.readTree(record.value());
        if (json == null
                || !json.path("service_name").isTextual()
                || !json.path("agent").isTextual()) {
            throw new IOException("no assignment: it needs 'service_name' and 'agent'");
        }
        try {
            return new Assignment(
                    json.path("pipeline").asText(),
                    json.path("service_name").asText(),
                    json.path("agent").asText(),
                    json.path("running").asBoolean(),
                    json.path("kill").asBoolean(),
                    json.path("by").asText(),
                    json.path("reason").asText(),
                    Instant.parse(json.path("at").asText()),
                    record.offset());
        } catch (DateTimeException e) {
            throw new IOException("no assignment: " + e.getMessage(), e);
        }
    }
}
