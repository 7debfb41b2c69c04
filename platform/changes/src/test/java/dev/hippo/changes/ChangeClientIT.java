// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import dev.hippo.change.v1.ChangeEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Consumers of a topic of changes on a real broker. */
class ChangeClientIT extends ChangesTopic {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final List<Running> running = new ArrayList<>();

    @AfterEach
    void stopAll() throws Exception {
        for (Running each : running) {
            each.client.close();
            each.ended.handle((nothing, failure) -> null).get();
        }
    }

    /** A client on a thread of its own. */
    private final class Running {
        private final Recorder recorder;
        private final ChangeClient client;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        Running(String group, Begin begin, Recorder recorder) {
            this.recorder = recorder;
            Map<String, Object> kafka = kafka();
            // a death is seen soon
            kafka.put("session.timeout.ms", 6_000);
            client = new ChangeClient(kafka, topic, group, recorder, begin, 3);
            running.add(this);
            new Thread(
                            () -> {
                                try {
                                    client.run();
                                    ended.complete(null);
                                } catch (Exception e) {
                                    ended.completeExceptionally(e);
                                }
                            },
                            "client-of-" + group)
                    .start();
        }

        private void stop() throws Exception {
            client.close();
            ended.get();
        }

        private void awaits(String call) {
            await().atMost(LONG).until(() -> recorder.told.contains(call));
        }

        private Throwable failure() {
            await().atMost(LONG).until(ended::isDone);
            return ended.handle((nothing, failure) -> failure).join();
        }
    }

    private static List<String> changesIn(List<String> told) {
        return told.stream().filter(call -> call.matches("t\\d+/\\d+")).toList();
    }

    @Test
    void aGroupGoesOnBehindItsCheckpointAndAnotherIsToldEverything() throws Exception {
        write(Changes.window(1, "a", "b"));
        write(Changes.window(2, "a"));
        Running first = new Running("g", Begin.WHOLE, new Recorder());
        first.awaits("checkpoint 2");
        first.stop();
        assertThat(first.recorder.told).startsWith("start", "window after 0").endsWith("stop");
        write(Changes.window(3, "a"));
        Running again = new Running("g", Begin.WHOLE, new Recorder());
        again.awaits("checkpoint 3");
        assertThat(changesIn(again.recorder.told)).containsExactly("t3/0");
        assertThat(again.recorder.told).contains("window after 2");
        Running other = new Running("other", Begin.WHOLE, new Recorder());
        other.awaits("checkpoint 3");
        assertThat(changesIn(other.recorder.told)).containsExactly("t1/0", "t1/1", "t2/0", "t3/0");
    }

    @Test
    void aChangeThatIsSentAgainWhileNobodyConsumesIsToldOnce() throws Exception {
        List<ChangeEvent> window = Changes.window(1, "a", "b");
        write(window);
        Running first = new Running("g", Begin.WHOLE, new Recorder());
        first.awaits("checkpoint 1");
        first.stop();
        write(window.subList(1, 2));
        write(Changes.window(2, "a"));
        Running again = new Running("g", Begin.WHOLE, new Recorder());
        again.awaits("checkpoint 2");
        assertThat(changesIn(again.recorder.told)).containsExactly("t2/0");
    }

    @Test
    void whatIsNoChangeAndBehindTheConsumerIsPassedOver() throws Exception {
        writeBytes(List.of("no change".getBytes(StandardCharsets.UTF_8)));
        write(Changes.window(1, "a"));
        admin.alterConsumerGroupOffsets("g", Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)))
                .all()
                .get();
        Running moved = new Running("g", Begin.WHOLE, new Recorder());
        moved.awaits("checkpoint 1");
        assertThat(changesIn(moved.recorder.told)).containsExactly("t1/0");
    }

    private static long behind(Running client) {
        return client.client.lag().map(ConsumerLag::records).orElse(-1L);
    }

    @Test
    void howFarAConsumerIsIsToldToAnyThread() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Recorder slow = new Recorder();
        slow.answer = call -> {
            if (call.equals("t3/0")) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return CallbackResult.SUCCESS;
        };
        write(committed(Instant.now().minusSeconds(300), Changes.window(1, "a", "b")));
        write(committed(Instant.now().minusSeconds(300), Changes.window(2, "a")));
        write(committed(Instant.now(), Changes.window(3, "a")));
        Running owner = new Running("g", Begin.WHOLE, slow);
        assertThat(owner.client.lag()).isEmpty();
        owner.awaits("t3/0");
        // with the mark of its transaction
        assertThat(behind(owner)).isEqualTo(3);
        assertThat(owner.client.position()).contains(new Checkpoint(4, Changes.scn(2), "t2"));
        ConsumerLag lag = owner.client.lag().orElseThrow();
        assertThat(lag.median().orElseThrow()).isBetween(Duration.ofSeconds(300), Duration.ofSeconds(400));
        goOn.countDown();
        await().atMost(LONG).until(() -> behind(owner) == 0);
        assertThat(owner.client.position()).contains(new Checkpoint(6, Changes.scn(3), "t3"));
        assertThat(owner.client.lag().orElseThrow().at()).isAfterOrEqualTo(lag.at());
        Running standBy = new Running("g", Begin.WHOLE, new Recorder());
        standBy.awaits("start");
        owner.stop();
        assertThat(owner.client.position()).isEmpty();
        await().atMost(LONG).until(() -> behind(standBy) == 0);
        assertThat(standBy.client.position()).contains(new Checkpoint(6, Changes.scn(3), ""));
        assertThat(standBy.client.lag().orElseThrow().p99()).isEmpty();
    }

    private static List<ChangeEvent> committed(Instant at, List<ChangeEvent> changes) {
        Timestamp time = Timestamp.newBuilder().setSeconds(at.getEpochSecond()).build();
        return changes.stream()
                .map(change -> change.toBuilder().setCommittedAt(time).build())
                .toList();
    }

    @Test
    void aStandByTakesOverInTheMiddleOfAWindowAndIsToldItWhole() throws Exception {
        write(Changes.window(1, "a"));
        CountDownLatch inTheMiddle = new CountDownLatch(1);
        Recorder stuck = new Recorder();
        stuck.answer = call -> {
            if (call.equals("t2/1")) {
                inTheMiddle.countDown();
                return CallbackResult.ERROR_FATAL;
            }
            return CallbackResult.SUCCESS;
        };
        Running owner = new Running("g", Begin.WHOLE, stuck);
        owner.awaits("checkpoint 1");
        Running standBy = new Running("g", Begin.WHOLE, new Recorder());
        standBy.awaits("start");
        write(Changes.window(2, "a", "a", "a"));
        inTheMiddle.await();
        standBy.awaits("checkpoint 2");
        assertThat(owner.failure()).isInstanceOf(ConsumptionFailedException.class);
        assertThat(changesIn(standBy.recorder.told)).containsExactly("t2/0", "t2/1", "t2/2");
        assertThat(stuck.told).doesNotContain("checkpoint 2");
    }

    @Test
    void whatIsNotTakenIsToldAgainUntilItIs() throws Exception {
        List<String> failing = new ArrayList<>(List.of("t1/1", "end 1", "checkpoint 1"));
        Recorder recorder = new Recorder();
        recorder.answer = call -> failing.remove(call) ? CallbackResult.ERROR : CallbackResult.SUCCESS;
        write(Changes.window(1, "a", "b"));
        Running client = new Running("g", Begin.WHOLE, recorder);
        // three failures are as many as it may have
        assertThat(client.failure())
                .isInstanceOf(ConsumptionFailedException.class)
                .hasMessageContaining("in 3 attempts, at " + topic + "/0/1");
        assertThat(changesIn(recorder.told)).containsExactly("t1/0", "t1/1", "t1/0", "t1/1", "t1/0", "t1/1");
        Running again = new Running("g", Begin.WHOLE, recorder);
        again.awaits("end of source b");
        await().atMost(LONG)
                .until(() ->
                        recorder.told.stream().filter("checkpoint 1"::equals).count() == 2);
        write(Changes.window(2, "a"));
        again.awaits("checkpoint 2");
    }

    @Test
    void whatIsGoneIsToldAndPassedOverOnlyIfItIsAskedFor() throws Exception {
        IntStream.rangeClosed(1, 3).forEach(window -> write(Changes.window(window, "a", "a")));
        // in the middle of the second window: each takes three offsets, with the mark that it is committed
        admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(4)))
                .all()
                .get();
        Running whole = new Running("g", Begin.WHOLE, new Recorder());
        assertThat(whole.failure())
                .isInstanceOf(ChangesGoneException.class)
                .hasMessageContaining("begins at offset 4")
                .hasMessageContaining("it is new")
                .hasMessageContaining("new snapshot");
        assertThat(changesIn(whole.recorder.told)).isEmpty();
        Running oldest = new Running("g", Begin.OLDEST, new Recorder());
        oldest.awaits("checkpoint 3");
        assertThat(changesIn(oldest.recorder.told)).containsExactly("t3/0", "t3/1");
        Running latest = new Running("late", Begin.LATEST, new Recorder());
        latest.awaits("start");
        // when it has joined its group is not told, and what comes before is not for it
        AtomicInteger window = new AtomicInteger(4);
        await().atMost(LONG).until(() -> {
            write(Changes.window(window.getAndIncrement(), "a"));
            return !changesIn(latest.recorder.told).isEmpty();
        });
        assertThat(changesIn(latest.recorder.told)).doesNotContain("t3/0", "t3/1");
    }
}
