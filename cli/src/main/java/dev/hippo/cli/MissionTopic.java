// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The missions of a pipeline, as Kafka has them, and the way to ask hippos for something. */
final class MissionTopic {
    private static final Duration POLL = Duration.ofMillis(200);

    private final PipelineSpec pipeline;
    private final KafkaConnection kafka;

    MissionTopic(PipelineOptions options) throws IOException {
        this.pipeline = options.pipeline();
        this.kafka = options.kafka(pipeline);
    }

    PipelineSpec pipeline() {
        return pipeline;
    }

    /** All missions by id, each in its latest state, in the order in which they last changed. */
    Map<String, Mission> read() throws KafkaUnavailable, IOException {
        Map<String, Mission> missions = new LinkedHashMap<>();
        try (TopicReader reader = TopicReader.open(kafka, "hippo-missions", ControlTopics.MISSIONS)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                take(reader, missions);
            }
        }
        return missions;
    }

    private void take(TopicReader reader, Map<String, Mission> into) throws IOException {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
            take(record, into);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Map<String, Mission> into) throws IOException {
        if (new String(record.key(), StandardCharsets.UTF_8).matches(Mission.keyPattern(pipeline.name()))) {
            Mission mission = Mission.fromBytes(record.value());
            into.remove(mission.id());
            into.put(mission.id(), mission);
        }
    }

    /** The mission with that id, of which the first digits are enough. */
    Mission find(String id) throws KafkaUnavailable, IOException {
        Map<String, Mission> missions = read();
        List<Mission> found = missions.values().stream()
                .filter(mission -> mission.id().startsWith(id))
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "there is no mission '" + id + "' in pipeline '" + pipeline.name()
                            + "'; 'hippo missions' lists them");
        }
        if (found.size() > 1) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "'" + id + "' stands for " + found.size() + " missions: "
                            + String.join(
                                    ", ",
                                    found.stream().map(Mission::id).limit(5).toList()));
        }
        return found.get(0);
    }

    /** The name of a hippo that runs missions, or a failure with those that there are. */
    String hippo(String name) {
        return new MissionHippos(pipeline).named(name);
    }

    /** Writes a command; returns when Kafka has it. */
    void send(MissionCommand command) throws KafkaUnavailable {
        OneRecord.send(
                kafka,
                "command",
                new ProducerRecord<>(
                        ControlTopics.COMMANDS, command.hippo().getBytes(StandardCharsets.UTF_8), command.toBytes()));
    }

    /**
     * Waits until the mission has ended.
     *
     * @param told hears what keeps it from beginning, as soon as that is known
     */
    Mission await(String hippo, String id, Consumer<String> told) throws KafkaUnavailable, IOException {
        Map<String, Mission> missions = new LinkedHashMap<>();
        PauseNews pause = new PauseNews(hippo);
        String key = HippoControl.key(pipeline.name(), hippo);
        try (TopicReader reader = TopicReader.open(kafka, "hippo-missions", ControlTopics.MISSIONS)) {
            reader.start(Long.MAX_VALUE);
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    take(record, missions);
                    if (record.value() != null && new String(record.key(), StandardCharsets.UTF_8).equals(key)) {
                        pause.heard(HippoControl.fromBytes(record.value()));
                    }
                }
                Mission mission = missions.get(id);
                if (mission != null && mission.status().isFinal()) {
                    return mission;
                }
                if (reader.atEnd()) {
                    pause.news(mission != null && mission.status() == MissionStatus.RUNNING)
                            .ifPresent(told);
                }
            }
        }
    }

    /** Waits for a hippo's answer to a command about all of its missions; empty if none comes in that time. */
    Optional<HippoControl> awaitAnswer(String hippo, String command, Duration patience)
            throws KafkaUnavailable, IOException {
        InstantSource clock = InstantSource.system();
        Instant until = clock.instant().plus(patience);
        String key = HippoControl.key(pipeline.name(), hippo);
        try (TopicReader reader = TopicReader.open(kafka, "hippo-missions", ControlTopics.MISSIONS)) {
            reader.start(Long.MAX_VALUE);
            while (clock.instant().isBefore(until)) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    if (record.value() != null && new String(record.key(), StandardCharsets.UTF_8).equals(key)) {
                        HippoControl control = HippoControl.fromBytes(record.value());
                        if (control.command().equals(command)) {
                            return Optional.of(control);
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }
}
