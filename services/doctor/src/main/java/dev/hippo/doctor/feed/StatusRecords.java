// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.doctor.store.Heard;
import dev.hippo.doctor.store.RecordPlace;
import dev.hippo.doctor.store.ServiceStatus;
import dev.hippo.doctor.store.TableNews;
import dev.hippo.doctor.store.Update;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalFormatException;
import dev.hippo.wire.mission.SignalReader;
import dev.hippo.wire.service.Alert;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Understands the records of the control topics that are about one pipeline; what cannot be understood is written down as such. Thread-safe. */
final class StatusRecords {
    /** The topics that every pipeline has. */
    static final List<String> CONTROL =
            List.of(ControlTopics.MISSIONS, ControlTopics.SERVICE_HEALTH, ControlTopics.FINISH, ControlTopics.ALERTS);

    private static final Logger log = LoggerFactory.getLogger(StatusRecords.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Bytes that the database's keys have room for. */
    private static final int LONGEST_NAME = 250;

    private static final int LONGEST_PARTITION = 1_000;

    private final String pipeline;
    private final Set<String> notices;
    private final Pattern missionKey;
    private final Pattern stateKey;

    StatusRecords(PipelineSpec pipeline) {
        this.pipeline = pipeline.name();
        this.notices = noticeTopics(pipeline);
        this.missionKey = Pattern.compile(Mission.keyPattern(pipeline.name()));
        // what a gathering has received is in the mission that it becomes, and where a hippo runs is the supervision's
        this.stateKey = Pattern.compile(Pattern.quote(pipeline.name()) + "/([^/]+)/(?!mission/|gathering/|place$).+");
    }

    private static Set<String> noticeTopics(PipelineSpec pipeline) {
        Set<String> topics = new TreeSet<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Batch batch) {
                topics.addAll(batch.topics());
            }
        }
        CONTROL.forEach(topics::remove);
        return topics;
    }

    /** The topics beside {@link #CONTROL}: those of the pipeline's notices. */
    Set<String> notices() {
        return notices;
    }

    /** Puts what the record says into the update; false if it could not be read. */
    boolean take(ConsumerRecord<byte[], byte[]> record, String topicId, Update into) {
        Instant at = Instant.ofEpochMilli(record.timestamp());
        RecordPlace place = new RecordPlace(record.topic(), topicId, record.partition(), record.offset());
        try {
            switch (record.topic()) {
                case ControlTopics.MISSIONS -> mission(record, at, place, into);
                case ControlTopics.ALERTS -> alert(record, place, into);
                case ControlTopics.SERVICE_HEALTH -> service(record, at, into);
                default -> message(record, at, place, into);
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
        Matcher state = stateKey.matcher(key);
        if (state.matches()) {
            fits("key", key, LONGEST_PARTITION);
            fits("hippo_name", state.group(1), LONGEST_NAME);
            String json = record.value() == null
                    ? null
                    : JSON.readTree(record.value()).toString();
            into.state(key, state.group(1), at, json);
        }
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

    private void alert(ConsumerRecord<byte[], byte[]> record, RecordPlace place, Update into) throws IOException {
        if (record.value() == null) {
            throw new IOException("the alert has no value");
        }
        Alert alert = Alert.fromBytes(record.value());
        if (alert.pipeline().equals(pipeline)) {
            fits("subject", alert.subject(), LONGEST_NAME);
            fits("by", alert.by(), LONGEST_NAME);
            into.alert(alert, place);
        }
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

    private void message(ConsumerRecord<byte[], byte[]> record, Instant at, RecordPlace place, Update into)
            throws IOException, SignalFormatException {
        if (record.value() == null) {
            throw new IOException("the message has no value");
        }
        for (Signal signal : SignalReader.read(record.value(), at)) {
            boolean isNotice = signal instanceof Signal.Notice;
            // a message that is both is kept as the notice that it is
            if (!isNotice && signal.message().hasNonNull("table")) {
                continue;
            }
            Heard heard = heard(signal, record, at, place);
            into.heard(heard);
            if (isNotice && signal.success()) {
                into.table(new TableNews(
                        heard.db(),
                        heard.table(),
                        heard.producer(),
                        heard.method(),
                        heard.partitions(),
                        heard.version(),
                        at));
            }
        }
    }

    private static Heard heard(Signal signal, ConsumerRecord<byte[], byte[]> record, Instant at, RecordPlace place)
            throws IOException {
        JsonNode message = signal.message();
        Signal.Notice notice = signal instanceof Signal.Notice known ? known : null;
        String producer = signal instanceof Signal.Finish finish ? finish.hippo() : producer(message, record);
        Heard heard = new Heard(
                place,
                at,
                producer,
                message.path("mission_id").asText(),
                notice == null ? "" : notice.db(),
                notice == null ? "" : notice.table(),
                notice == null ? "" : notice.method(),
                signal.success(),
                signal.partitions(),
                signal.version(),
                rows(message));
        fits("db", heard.db(), LONGEST_NAME);
        fits("table", heard.table(), LONGEST_NAME);
        fits("hippo_name", heard.producer(), LONGEST_NAME);
        fits("mission_id", heard.mission(), LONGEST_NAME);
        fits("method", heard.method(), 100);
        for (PartitionValues partition : heard.partitions()) {
            fits("partition_values", partition.values(), LONGEST_PARTITION);
        }
        return heard;
    }

    private static String producer(JsonNode message, ConsumerRecord<byte[], byte[]> record) {
        for (String field : List.of("hippo_name", "job_name", "job")) {
            if (!message.path(field).asText().isEmpty()) {
                return message.path(field).asText();
            }
        }
        Header source = record.headers().lastHeader(EventHeaders.SOURCE);
        return source == null || source.value() == null ? "" : new String(source.value(), StandardCharsets.UTF_8);
    }

    private static @Nullable Long rows(JsonNode message) {
        for (String field : List.of("rows", "rows_out")) {
            if (message.path(field).isIntegralNumber()) {
                return message.path(field).asLong();
            }
        }
        return null;
    }

    private static void fits(String field, String value, int bytes) throws IOException {
        if (value.getBytes(StandardCharsets.UTF_8).length > bytes) {
            throw new IOException("'" + field + "' is longer than " + bytes + " bytes");
        }
    }
}
