// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalReader;
import dev.hippo.wire.mission.Trigger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A mission book with one hippo, fed by hand, and what came of it. */
abstract class BookHarness {
    static final String TOPIC = "frontier-adw";

    @TempDir
    Path folder;

    final Map<String, byte[]> written = new LinkedHashMap<>();
    final List<Mission> launched = new ArrayList<>();
    final List<Mission> finished = new ArrayList<>();
    final List<Mission> toEnd = new ArrayList<>();
    Instant now = Instant.parse("2026-11-21T10:00:00Z");
    long offset;
    MissionBook book;

    @BeforeEach
    void anyNotice() throws Exception {
        hippo("subscribe: frontier-adw");
    }

    /** A hippo with these further lines. */
    void hippo(String... lines) throws Exception {
        HippoSettings.Batch settings = settings(lines);
        book = new MissionBook("test", "nightly", settings);
        book.begin(now);
    }

    HippoSettings.Batch settings(String... lines) throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: test\nhippos:\n  nightly:\n    run: echo hello\n    " + String.join("\n    ", lines) + "\n");
        PipelineReading reading = PipelineFile.read(file, null, Map.of());
        assertThat(reading.findings()).isEmpty();
        PipelineSpec spec = reading.spec();
        assertThat(spec).isNotNull();
        return spec.hippos().get("nightly").settings(HippoSettings.Batch.class);
    }

    /** What a new process knows: what was written. */
    void restart(String... lines) throws Exception {
        MissionBook fresh = new MissionBook("test", "nightly", settings(lines));
        for (Map.Entry<String, byte[]> record : written.entrySet()) {
            if (record.getKey().contains("/schedule/")) {
                fresh.restore(ScheduleMark.fromBytes(record.getValue()));
            } else if (record.getKey().contains("/closing/")) {
                fresh.restore(OpenPartitions.fromBytes(record.getValue()));
            } else if (record.getKey().endsWith("/control")) {
                fresh.restore(HippoControl.fromBytes(record.getValue()));
            } else if (record.getKey().contains("/gathering/")) {
                fresh.restore(Gathering.fromBytes(record.getValue()));
            } else {
                fresh.restore(Mission.fromBytes(record.getValue()));
            }
        }
        fresh.begin(now);
        book = fresh;
    }

    void turn() {
        book.tick(now);
        Changes changes = book.take();
        written.putAll(changes.states());
        launched.addAll(changes.launches());
        finished.addAll(changes.finishes());
        toEnd.addAll(changes.ends());
    }

    void message(String topic, String json) throws Exception {
        for (Signal signal : SignalReader.read(json.getBytes(StandardCharsets.UTF_8), now)) {
            book.signal(topic, signal, new Trigger.Source(topic, 0, offset, signal.message()), now);
        }
        offset++;
        turn();
    }

    void notice(String table, String partition, long execDate) throws Exception {
        message(
                TOPIC,
                "{\"table\":\"" + table + "\",\"partition\":[{\"name\":\"yyyymm\",\"value\":\"" + partition
                        + "\"}],\"db\":\"btd\",\"exec_date\":" + execDate + "}");
    }

    void end(Mission mission, Failure.Kind... failure) {
        book.attemptEnded(
                failure.length == 0
                        ? new AttemptEnd(mission.id(), mission.attempt(), null, JsonNodeFactory.instance.objectNode())
                        : AttemptEnd.failed(mission.id(), mission.attempt(), failure[0], "because"),
                now);
        turn();
    }

    void later(Duration time) {
        now = now.plus(time);
        turn();
    }

    static Instant hour(int hour) {
        return Instant.parse("2026-11-21T" + hour + ":00:00Z");
    }

    void hour(String table, String day, String hour, long execDate) throws Exception {
        message(
                TOPIC,
                "{\"table\":\"" + table + "\",\"partition_fields\":[\"DAY\",\"hour\"],\"partition_values\":[\"" + day
                        + "/" + hour + "\"],\"exec_date\":" + execDate + "}");
    }

    void rewind(String id, long to, boolean rerun) {
        MissionCommand command = new MissionCommand(
                id,
                "test",
                "nightly",
                MissionCommand.Action.REWIND,
                "",
                PartitionValues.WHOLE,
                Map.of("rerun", Boolean.toString(rerun)));
        book.orders().rewound(command, new Rewinds.Way(Map.of(new TopicPartition(TOPIC, 0), to)), List.of(), now);
        turn();
    }

    HippoControl control() throws Exception {
        return HippoControl.fromBytes(written.get("test/nightly/control"));
    }

    void command(String id, MissionCommand.Action action, String mission) {
        command(id, action, mission, Map.of());
    }

    void command(String id, MissionCommand.Action action, String mission, Map<String, String> parameters) {
        MissionCommand command = new MissionCommand(
                id, "test", "nightly", action, mission, PartitionValues.of("yyyymm", "201703"), parameters);
        book.orders()
                .take(
                        command,
                        new Trigger.Source("hippo-commands", 0, offset++, JsonNodeFactory.instance.objectNode()),
                        now);
        turn();
    }
}
