// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lanes between a client on a real broker and a handler that fails. */
class KeyLanesIT extends ChangesTopic {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final List<Running> running = new ArrayList<>();
    /** What the handler has taken: {@code KEY@WINDOW/INDEX}. */
    private final List<String> taken = new CopyOnWriteArrayList<>();

    private final Set<String> poison = ConcurrentHashMap.newKeySet();

    @AfterEach
    void stopAll() throws Exception {
        for (Running each : running) {
            each.stop();
        }
    }

    /** One process of a group, as far as it is its own. */
    private final class Running {
        private final ParkedChanges parked = new ParkedChanges(kafka(), topic + ".parked");
        private final KeyLanes lanes;
        private final ChangeClient client;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        Running(RowHandler handler) {
            lanes = new KeyLanes(handler, parked, 4, 2);
            client = new ChangeClient(kafka(), topic, "g", lanes, Begin.WHOLE, 3);
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
                            "client")
                    .start();
        }

        private void stop() throws Exception {
            client.close();
            ended.get(2, TimeUnit.MINUTES);
            lanes.close();
            parked.close();
        }
    }

    private void take(ChangeEvent change) throws IOException {
        String key = change.getKey().toStringUtf8();
        if (poison.contains(key)) {
            throw new IOException("no " + key + " here");
        }
        taken.add(key + "@" + change.getTransaction().getId() + "/"
                + change.getTransaction().getIndex());
    }

    private List<String> takenOf(String key) {
        return taken.stream().filter(each -> each.startsWith(key + "@")).toList();
    }

    private long checkpoint() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> kept = admin.listConsumerGroupOffsets("g")
                .partitionsToOffsetAndMetadata()
                .get();
        OffsetAndMetadata offset = kept.get(new TopicPartition(topic, 0));
        return offset == null ? -1 : offset.offset();
    }

    @Test
    void changesOfARowKeepTheirOrderAndAnotherRowDoesNotWaitForThem() throws Exception {
        CountDownLatch other = new CountDownLatch(1);
        new Running(change -> {
            String key = change.getKey().toStringUtf8();
            if (key.equals("k1") && !other.await(2, TimeUnit.MINUTES)) {
                throw new IOException("the other row waits for this one");
            }
            take(change);
            if (key.equals("k4")) {
                other.countDown();
            }
        });
        write(Changes.rows(1, "k1", "k1", "k2", "k3"));
        write(Changes.rows(2, "k1", "k4"));
        await().atMost(LONG).until(() -> taken.size() == 6);
        assertThat(takenOf("k1")).containsExactly("k1@t1/0", "k1@t1/1", "k1@t2/0");
        // each window's mark has an offset too
        await().atMost(LONG).until(() -> checkpoint() == 7 || checkpoint() == 8);
    }

    @Test
    void aRowThatIsNotTakenIsParkedWithItsSuccessorsAndReplayedInOrder() throws Exception {
        poison.add("bad");
        Running first = new Running(this::take);
        write(Changes.rows(1, "good", "bad"));
        write(Changes.rows(2, "bad", "good", "bad"));
        await().atMost(LONG)
                .until(() -> first.lanes.parked().stream()
                        .anyMatch(row -> row.changes().size() == 3));
        await().atMost(LONG).until(() -> checkpoint() >= 6);
        assertThat(takenOf("good")).containsExactly("good@t1/0", "good@t2/1");
        first.stop();
        running.clear();

        Running next = new Running(this::take);
        ParkedRow row = next.lanes.parked().get(0);
        assertThat(row.key()).isEqualTo(ByteString.copyFromUtf8("bad"));
        assertThat(row.because()).contains("no bad here");
        // it would be taken now, before those that are parked
        poison.clear();
        write(Changes.rows(3, "bad"));
        await().atMost(LONG).until(() -> next.lanes.parked().get(0).changes().size() == 4);
        assertThat(takenOf("bad")).isEmpty();
        poison.add("bad");
        assertThatThrownBy(() -> next.lanes.replay(row).get(2, TimeUnit.MINUTES))
                .hasMessageContaining("no bad here");
        assertThat(next.lanes.parked()).hasSize(1);
        next.lanes
                .replay(
                        row,
                        change -> change.toBuilder()
                                .setKey(ByteString.copyFromUtf8("mended"))
                                .build())
                .get(2, TimeUnit.MINUTES);
        assertThat(takenOf("mended")).containsExactly("mended@t1/1", "mended@t2/0", "mended@t2/2", "mended@t3/0");
        assertThat(next.lanes.parked()).isEmpty();
        poison.clear();
        write(Changes.rows(4, "bad"));
        await().atMost(LONG).until(() -> takenOf("bad").equals(List.of("bad@t4/0")));
        try (ParkedChanges read = new ParkedChanges(kafka(), topic + ".parked")) {
            assertThat(read.rows()).isEmpty();
        }
    }

    @Test
    void aDiscardedRowIsToldOnlyWhatComesAfterwards() throws Exception {
        poison.add("bad");
        Running process = new Running(this::take);
        write(Changes.rows(1, "bad"));
        await().atMost(LONG).until(() -> process.lanes.parked().size() == 1);
        poison.clear();
        process.lanes.discard(process.lanes.parked().get(0)).get(2, TimeUnit.MINUTES);
        write(Changes.rows(2, "bad"));
        await().atMost(LONG).until(() -> taken.equals(List.of("bad@t2/0")));
    }

    @Test
    void noRowIsParkedBecauseTheTargetIsAway() throws Exception {
        Set<String> refused = ConcurrentHashMap.newKeySet();
        Running process = new Running(change -> {
            if (refused.size() < 5 && refused.add(change.getKey().toStringUtf8() + System.nanoTime())) {
                throw new TargetAwayException("the target restarts", new IOException());
            }
            take(change);
        });
        write(Changes.rows(1, "k1", "k2", "k3"));
        await().atMost(LONG).until(() -> taken.size() == 3);
        assertThat(process.lanes.parked()).isEmpty();
        assertThat(refused).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void whatEmptiesATableIsToldAfterAllThatCameBeforeAndBeforeAllThatComes() throws Exception {
        new Running(this::take);
        List<ChangeEvent> window = new ArrayList<>(Changes.rows(1, "k1", "k2", "", "k3", "k4"));
        window.set(2, window.get(2).toBuilder().setOp(Op.TRUNCATE).clearKey().build());
        write(window);
        await().atMost(LONG).until(() -> taken.size() == 5);
        assertThat(taken.get(2)).isEqualTo("@t1/2");
        assertThat(taken.subList(0, 2)).containsExactlyInAnyOrder("k1@t1/0", "k2@t1/1");
    }
}
