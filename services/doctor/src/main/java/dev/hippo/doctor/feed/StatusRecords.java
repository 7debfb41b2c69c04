// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.doctor.store.RecordPlace;
import dev.hippo.doctor.store.ServiceStatus;
import dev.hippo.doctor.store.TableNews;
import dev.hippo.doctor.store.Update;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalFormatException;
import dev.hippo.wire.mission.SignalReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Understands the records of the control topics that are about one pipeline; what cannot be understood is written down as such. Thread-safe. */
final class StatusRecords {
    /** The topics. */
    static final List<String> TOPICS =
            List.of(ControlTopics.MISSIONS, ControlTopics.SERVICE_HEALTH, ControlTopics.FINISH);

    private static final Logger log = LoggerFactory.getLogger(StatusRecords.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Bytes that the database's keys have room for. */
    private static final int LONGEST_NAME = 250;

    private static final int LONGEST_PARTITION = 1_000;

    private final String pipeline;
    private final Pattern missionKey;

    StatusRecords(String pipeline) {
        this.pipeline = pipeline;
        this.missionKey = Pattern.compile(Mission.keyPattern(pipeline));
    }

    /** Puts what the record says into the update; false if it could not be read. */
    boolean take(ConsumerRecord<byte[], byte[]> record, String topicId, Update into) {
        Instant at = Instant.ofEpochMilli(record.timestamp());
        RecordPlace place = new RecordPlace(record.topic(), topicId, record.partition(), record.offset());
        try {
            switch (record.topic()) {
                case ControlTopics.MISSIONS -> mission(record, at, place, into);
                case ControlTopics.SERVICE_HEALTH -> service(record, at, into);
                default -> finish(record, at, into);
            }
            return true;
        } catch (IOException | SignalFormatException | DateTimeException e) {
            String reason = String.valueOf(e.getMessage());
            log.warn("Cannot read {}/{}/{}: {}", record.topic(), record.partition(), record.offset(), reason);
            into.unreadable(place, at, reason);
            return false;
        }
    }

    private void mission(ConsumerRecord<byte[], byte[]> record, Instant at, RecordPlace place, Update into)
            throws IOException {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        // without a value Kafka forgets the mission; the database does not
        if (record.value() == null || !missionKey.matcher(key).matches()) {
            return;
        }
        Mission mission = Mission.fromBytes(record.value());
        fits("mission_id", mission.id(), LONGEST_NAME);
        fits("hippo_name", mission.hippo(), LONGEST_NAME);
        fits("partition", mission.partition().values(), LONGEST_PARTITION);
        into.mission(mission, at, place);
    }

    private void service(ConsumerRecord<byte[], byte[]> record, Instant at, Update into) throws IOException {
        JsonNode json = record.value() == null ? null : JSON.readTree(record.value());
        if (json == null || !json.isObject()) {
            throw new IOException("a heartbeat is a JSON object");
        }
        // one that names no pipeline is of a service that is not made with the kit
        if (!json.path("pipeline").asText(pipeline).equals(pipeline)) {
            return;
        }
        String name = json.path("service_name").asText();
        if (name.isEmpty()) {
            throw new IOException("a heartbeat has a 'service_name'");
        }
        boolean well = json.path("is_success").asText("1").matches("1|true");
        String state = json.path("state").asText(well ? "running" : "failed");
        fits("service_name", name, LONGEST_NAME);
        fits("kind", json.path("kind").asText(), 40);
        fits("state", state, 40);
        fits("clientIP", json.path("clientIP").asText(), LONGEST_NAME);
        into.service(new ServiceStatus(
                name,
                json.path("kind").asText(),
                state,
                json.path("clientIP").asText(),
                json.path("service_pid").asLong(),
                json.path("port").asInt(),
                time(json.path("sent_at"), at),
                Duration.ofMillis(Math.max(1, json.path("interval").asLong(1_000))),
                time(json.path("last_progress"), at),
                json.path("lag").asLong(),
                json.path("position").asText(),
                json.path("error_msg").asText()));
    }

    private static Instant time(JsonNode json, Instant otherwise) {
        return json.isTextual() ? Instant.parse(json.asText()) : otherwise;
    }

    private void finish(ConsumerRecord<byte[], byte[]> record, Instant at, Update into)
            throws IOException, SignalFormatException {
        if (record.value() == null) {
            throw new IOException("the message has no value");
        }
        for (Signal signal : SignalReader.read(record.value(), at)) {
            if (signal instanceof Signal.Notice notice && notice.success()) {
                String hippo = notice.message().path("hippo_name").asText();
                fits("db", notice.db(), LONGEST_NAME);
                fits("table", notice.table(), LONGEST_NAME);
                fits("hippo_name", hippo, LONGEST_NAME);
                fits("method", notice.method(), 100);
                for (PartitionValues partition : notice.partitions()) {
                    fits("partition_values", partition.values(), LONGEST_PARTITION);
                }
                into.table(new TableNews(
                        notice.db(),
                        notice.table(),
                        hippo,
                        notice.method(),
                        notice.partitions(),
                        notice.version(),
                        at));
            }
        }
    }

    private static void fits(String field, String value, int bytes) throws IOException {
        if (value.getBytes(StandardCharsets.UTF_8).length > bytes) {
            throw new IOException("'" + field + "' is longer than " + bytes + " bytes");
        }
    }
}
