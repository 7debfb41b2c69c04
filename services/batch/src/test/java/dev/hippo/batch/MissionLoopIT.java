// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionCommand.Action;
import dev.hippo.wire.mission.PartitionValues;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hippo's missions on a real broker. */
class MissionLoopIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static int number;

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;

    @TempDir
    Path folder;

    private final List<Runner> runners = new ArrayList<>();
    private String name = "";
    private PipelineSpec pipeline;
    private KafkaConnection kafka;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("kafka"), 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makeTopics() throws Exception {
        name = "p" + number++;
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: " + name + "\nhippos:\n  nightly: {subscribe: notices-" + name
                        + ", run: 'echo $HIPPO_PARTITION >> runs; [ ! -e wait ] || until [ -e go ]; do sleep 0.05; done'}\n");
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
        kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        PipelineTopics.ensure(pipeline, kafka, LONG);
    }

    @AfterEach
    void stopAll() throws Exception {
        for (Runner runner : runners) {
            runner.stop();
        }
    }

    /** A process of the hippo on a host with its own files. */
    private final class Runner {
        private final MissionLoop loop;
        private final CompletableFuture<Throwable> end = new CompletableFuture<>();
        private final Thread thread;
        private boolean stopped;

        Runner(String host) throws Exception {
            HippoContext context = new HippoContext(
                    pipeline,
                    pipeline.hippos().get("nightly"),
                    new StateFolder(folder.resolve(host)),
                    pipeline.contracts(),
                    kafka,
                    InstantSource.system());
            loop = new MissionLoop(context);
            loop.open();
            thread = new Thread(() -> {
                try {
                    loop.run();
                    end.complete(new IllegalStateException("asked to stop"));
                } catch (Exception e) {
                    end.complete(e);
                }
            });
            thread.start();
            runners.add(this);
        }

        void stop() throws Exception {
            if (!stopped) {
                stopped = true;
                loop.askToStop();
                thread.join();
                try {
                    loop.stopJobs();
                } catch (FencedException e) {
                    // it cannot write what it leaves any more
                    assertThat(end).isCompleted();
                } finally {
                    loop.close();
                }
            }
        }
    }

    private void send(String topic, String... messages) throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka.clientProperties("test"), new StringSerializer(), new StringSerializer())) {
            for (String message : messages) {
                producer.send(new ProducerRecord<>(topic, message)).get();
            }
        }
    }

    private void notice(String partition, long execDate) throws Exception {
        send(
                "notices-" + name,
                "{\"table\":\"t\",\"exec_date\":" + execDate + ",\"partition_values\":[\"" + partition + "\"]}");
    }

    private List<String> runs() throws Exception {
        Path runs = folder.resolve("runs");
        return Files.exists(runs) ? Files.readAllLines(runs) : List.of();
    }

    @Test
    void aSecondProcessTakesOverAndTheFirstEnds() throws Exception {
        Runner first = new Runner("one");
        notice("p1", 1);
        await().atMost(LONG).until(() -> runs().size() == 1);
        Runner second = new Runner("two");
        notice("p2", 1);
        await().atMost(LONG).until(first.end::isDone);
        assertThat(first.end.join())
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("another process runs hippo 'nightly' of pipeline '" + name + "' now");
        notice("p1", 1);
        notice("p3", 1);
        await().atMost(LONG).until(() -> runs().size() == 3);
        assertThat(runs()).containsExactly("p1", "p2", "p3");
        assertThat(second.end).isNotDone();
    }

    @Test
    void aNoticeThatCameWhileNobodyListenedStartsAMissionAndOneThatWasDoneDoesNot() throws Exception {
        notice("p1", 1);
        Runner first = new Runner("one");
        await().atMost(LONG).until(() -> runs().size() == 1);
        first.stop();
        notice("p1", 1);
        notice("p2", 1);
        new Runner("one");
        await().atMost(LONG).until(() -> runs().size() == 2);
        assertThat(runs()).containsExactly("p1", "p2");
    }

    @Test
    void aJobThatTheStopBreaksOffBeginsAgainWithTheNextStart() throws Exception {
        Files.createFile(folder.resolve("wait"));
        Runner first = new Runner("one");
        notice("p1", 1);
        await().atMost(LONG).until(() -> runs().size() == 1);
        first.stop();
        Files.createFile(folder.resolve("go"));
        new Runner("one");
        await().atMost(LONG).until(() -> finished().size() == 1);
        assertThat(runs()).containsExactly("p1", "p1");
        assertThat(finished().get(0)).contains("\"is_success\":true").contains("\"attempt\":2");
    }

    @Test
    void aRewindMovesOffsetsAndStateTogetherAndAPauseOutlivesTheProcess() throws Exception {
        Runner first = new Runner("one");
        notice("p1", 1);
        notice("p2", 1);
        await().atMost(LONG).until(() -> finished().size() == 2);
        command("c1", Action.PAUSE, Map.of());
        command("c2", Action.REWIND, Map.of("to", "notices-" + name + "/0@1", "rerun", "true"));
        await().atMost(LONG).until(() -> answered("c2"));
        assertThat(answer).isEqualTo("reads again from notices-" + name + "/0@1; missions that run again: 1");
        first.stop();
        notice("p3", 1);
        new Runner("two");
        command("c3", Action.REWIND, Map.of("to", "elsewhere/0@1"));
        await().atMost(LONG).until(() -> answered("c3"));
        assertThat(answer).startsWith("'elsewhere/0' is not read by this hippo; its triggers come on notices-");
        assertThat(runs()).containsExactlyInAnyOrder("p1", "p2");
        command("c4", Action.REWIND, Map.of("to", "earliest"));
        command("c5", Action.RESUME, Map.of());
        await().atMost(LONG).until(() -> finished().size() == 4);
        assertThat(runs()).containsExactlyInAnyOrder("p1", "p2", "p2", "p3");
    }

    private String answer = "";

    private boolean answered(String command) throws Exception {
        for (ConsumerRecord<byte[], byte[]> record : records("hippo-missions")) {
            if (new String(record.key(), StandardCharsets.UTF_8).equals(HippoControl.key(name, "nightly"))) {
                HippoControl control = HippoControl.fromBytes(record.value());
                if (control.command().equals(command)) {
                    answer = control.answer();
                    return true;
                }
            }
        }
        return false;
    }

    private void command(String id, Action action, Map<String, String> parameters) throws Exception {
        MissionCommand command = new MissionCommand(id, name, "nightly", action, "", PartitionValues.WHOLE, parameters);
        send("hippo-commands", new String(command.toBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void whatIsNoNoticeIsKeptWithTheReasonAndTheNextOneIsRead() throws Exception {
        new Runner("one");
        send(
                "notices-" + name,
                "rubbish",
                "{\"table\":\"t\",\"exec_date\":\"soon\"}",
                "{\"table\":\"t\",\"data\":\"" + "x".repeat(900_000) + "\"}");
        notice("p1", 1);
        await().atMost(LONG).until(() -> runs().size() == 1);
        List<String> reasons = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records("hippo-rejected")) {
            String place = header(record, EventHeaders.REJECTED_AT);
            if (place.startsWith("notices-" + name + "/")) {
                reasons.add(place + " " + header(record, EventHeaders.REJECTED_BECAUSE));
            }
        }
        assertThat(reasons).hasSize(3);
        assertThat(reasons.get(0)).startsWith("notices-" + name + "/0/0 ").contains("not JSON");
        assertThat(reasons.get(1)).contains("\"path\":\"exec_date\"").contains("not 'soon'");
        assertThat(reasons.get(2)).contains("the message has 900").contains("more than 65536");
    }

    @Test
    void whatAMessageTellsOfThoseBeforeItIsNotCarriedOn() throws Exception {
        new Runner("one");
        send("notices-" + name, "{\"table\":\"t\",\"colour\":\"blue\",\"receive_msgs\":[{\"table\":\"older\"}]}");
        await().atMost(LONG).until(() -> finished().size() == 1);
        assertThat(finished().get(0))
                .contains("\"receive_msgs\":[{\"table\":\"t\",\"colour\":\"blue\"}]")
                .doesNotContain("older");
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    /** The finish messages of this test's pipeline. */
    private List<String> finished() throws Exception {
        List<String> messages = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records("hippo-finish")) {
            String message = new String(record.value(), StandardCharsets.UTF_8);
            if (message.contains("\"pipeline\":\"" + name + "\"")) {
                messages.add(message);
            }
        }
        return messages;
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "look", topic)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                reader.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }
}
