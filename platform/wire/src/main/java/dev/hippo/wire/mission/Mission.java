// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One run of one hippo for one trigger, as the topic {@code hippo-missions} keeps it.
 *
 * @param id the same for the same trigger, however often it is delivered
 * @param attempt the number of the running or last attempt, from 1; 0 before the first
 * @param failures attempts that count against the retries
 * @param partition what the mission is about
 * @param trigger what started it
 * @param parameters what the job gets beside the trigger's own fields
 * @param dueAt when the next attempt begins, while retrying
 * @param log the file with the output of the last attempt, empty before the first
 * @param error why the last attempt failed
 * @param result what the job wrote into its result file
 */
public record Mission(
        String id,
        String pipeline,
        String hippo,
        MissionStatus status,
        int attempt,
        int failures,
        PartitionValues partition,
        DataVersion version,
        Trigger trigger,
        Map<String, String> parameters,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant dueAt,
        String log,
        @Nullable Failure error,
        ObjectNode result) {
    /** The parameter that says how urgent a mission is. */
    public static final String PRIORITY = "priority";

    private static final ObjectMapper JSON = new ObjectMapper();

    public Mission {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Why an attempt failed.
     *
     * @param kind the error class, by which retries are decided
     * @param text for people: what happened, and the end of the job's output
     */
    public record Failure(Kind kind, String text) {
        /** Error classes. */
        public enum Kind {
            /** The job ended with another exit status than 0. */
            EXIT,
            /** The job ran longer than it may. */
            TIMEOUT,
            /** The job's process vanished and left no exit status. */
            LOST,
            /** The job could not be started. */
            START,
            /** What the mission waits for did not come in time. */
            INCOMPLETE;

            public String word() {
                return name().toLowerCase(Locale.ROOT);
            }
        }
    }

    /** A mission that has just been accepted. */
    public static Mission accepted(
            String id,
            String pipeline,
            String hippo,
            PartitionValues partition,
            DataVersion version,
            Trigger trigger,
            Map<String, String> parameters,
            Instant now) {
        return new Mission(
                id,
                pipeline,
                hippo,
                MissionStatus.QUEUED,
                0,
                0,
                partition,
                version,
                trigger,
                parameters,
                now,
                null,
                null,
                null,
                "",
                null,
                JsonNodeFactory.instance.objectNode());
    }

    /** The next attempt begins. */
    public Mission started(String logFile, Instant now) {
        return new Mission(
                id,
                pipeline,
                hippo,
                MissionStatus.RUNNING,
                attempt + 1,
                failures,
                partition,
                version,
                trigger,
                parameters,
                createdAt,
                startedAt == null ? now : startedAt,
                null,
                null,
                logFile,
                null,
                JsonNodeFactory.instance.objectNode());
    }

    /** The mission has ended well. */
    public Mission succeeded(ObjectNode jobResult, Instant now) {
        return ended(MissionStatus.SUCCEEDED, failures, null, jobResult, now);
    }

    /** The mission has failed for good. */
    public Mission failed(Failure why, ObjectNode jobResult, Instant now) {
        return ended(MissionStatus.FAILED, failures + 1, why, jobResult, now);
    }

    /** The mission was cancelled. */
    public Mission cancelled(Instant now) {
        return ended(MissionStatus.CANCELLED, failures, null, result, now);
    }

    private Mission ended(MissionStatus how, int failed, @Nullable Failure why, ObjectNode jobResult, Instant now) {
        return new Mission(
                id,
                pipeline,
                hippo,
                how,
                attempt,
                failed,
                partition,
                version,
                trigger,
                parameters,
                createdAt,
                startedAt,
                now,
                null,
                log,
                why,
                jobResult);
    }

    /** An attempt has failed and another comes. */
    public Mission retrying(Failure why, Instant due) {
        return waiting(MissionStatus.RETRYING, failures + 1, why, due);
    }

    /** Back in the queue, for another attempt that does not count as a failure of the one before. */
    public Mission requeued() {
        return waiting(MissionStatus.QUEUED, failures, error, null);
    }

    private Mission waiting(MissionStatus how, int failed, @Nullable Failure why, @Nullable Instant due) {
        return new Mission(
                id,
                pipeline,
                hippo,
                how,
                attempt,
                failed,
                partition,
                version,
                trigger,
                parameters,
                createdAt,
                startedAt,
                null,
                due,
                log,
                why,
                result);
    }

    /** Of missions that could begin the one with the higher begins first; 0 unless its parameter {@code priority} says so. */
    public int priority() {
        try {
            return Integer.parseInt(parameters.getOrDefault(PRIORITY, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** What missions are about that run one after the other. */
    public String subject() {
        return trigger.about() + "|" + partition.values();
    }

    /** The key of the mission's record. */
    public String key() {
        return pipeline + "/" + hippo + "/mission/" + id;
    }

    /** A regular expression for the keys of a pipeline's missions. */
    public static String keyPattern(String pipeline) {
        return Pattern.quote(pipeline) + "/[^/]+/mission/.+";
    }

    /** The value of the mission's record: one JSON object. */
    public byte[] toBytes() {
        return toJson().toString().getBytes(StandardCharsets.UTF_8);
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("mission_id", id)
                .put("pipeline", pipeline)
                .put("hippo_name", hippo)
                .put("status", status.word())
                .put("attempt", attempt)
                .put("failures", failures)
                .put("version", version.text());
        texts(json.putObject("partition"), partition.columns());
        json.set("trigger", trigger.toJson());
        texts(json.putObject("parameters"), parameters);
        json.put("created_at", createdAt.toString());
        time(json, "started_at", startedAt);
        time(json, "finished_at", finishedAt);
        time(json, "due_at", dueAt);
        json.put("log", log);
        if (error != null) {
            json.put("error_class", error.kind().word()).put("error_text", error.text());
        }
        json.set("result", result);
        return json;
    }

    private static void texts(ObjectNode into, Map<String, String> values) {
        values.forEach(into::put);
    }

    private static void time(ObjectNode json, String name, @Nullable Instant time) {
        if (time != null) {
            json.put(name, time.toString());
        }
    }

    /**
     * Reads a mission's record.
     *
     * @throws IOException if it is none
     */
    public static Mission fromBytes(byte[] value) throws IOException {
        JsonNode json = JSON.readTree(value);
        try {
            Failure error = json.hasNonNull("error_class")
                    ? new Failure(
                            Failure.Kind.valueOf(
                                    json.path("error_class").asText().toUpperCase(Locale.ROOT)),
                            json.path("error_text").asText())
                    : null;
            return new Mission(
                    json.path("mission_id").asText(),
                    json.path("pipeline").asText(),
                    json.path("hippo_name").asText(),
                    MissionStatus.valueOf(json.path("status").asText().toUpperCase(Locale.ROOT)),
                    json.path("attempt").asInt(),
                    json.path("failures").asInt(),
                    new PartitionValues(texts(json.path("partition"))),
                    DataVersion.parse(json.path("version").asText()),
                    Trigger.fromJson(json.path("trigger")),
                    texts(json.path("parameters")),
                    Instant.parse(json.path("created_at").asText()),
                    time(json.path("started_at")),
                    time(json.path("finished_at")),
                    time(json.path("due_at")),
                    json.path("log").asText(),
                    error,
                    json.path("result") instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode());
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            throw new IOException("no mission: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    private static @Nullable Instant time(JsonNode json) {
        return json.isMissingNode() ? null : Instant.parse(json.asText());
    }
}
