// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.wire.snapshot.SnapshotProgress.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SnapshotBookTest {
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");
    private static final SnapshotOrder ORDER =
            new SnapshotOrder("1", "public.lines", Map.of("id", "7", "place", "a/b"), Map.of(), 500, "CAc=", AT);

    private final SnapshotBook book = new SnapshotBook("shop", "db");

    private void take(byte @Nullable [] key, byte @Nullable [] value) throws IOException {
        book.take(new ConsumerRecord<>("hippo-positions.shop.db", 0, 0, key, value), true);
    }

    private void order(SnapshotOrder order) throws IOException {
        take(SnapshotOrder.key("shop", "db", order.table()), order.toBytes());
    }

    @Test
    void anOrderIsDueUntilItIsDone() throws IOException {
        order(ORDER);
        assertThat(book.due()).contains(ORDER);
        assertThat(book.progress(ORDER)).isEqualTo(SnapshotProgress.none(ORDER));
        SnapshotProgress some =
                new SnapshotProgress("1", ORDER.table(), 40, Map.of("id", "8", "place", "c"), State.RUNNING, "", AT);
        take(SnapshotProgress.key("shop", "db", ORDER.table()), some.toBytes());
        assertThat(book.progress(ORDER)).isEqualTo(some);
        assertThat(book.due()).contains(ORDER);
        book.take(new SnapshotProgress("1", ORDER.table(), 40, Map.of(), State.DONE, "", AT));
        assertThat(book.due()).isEmpty();
        assertThat(book.orders()).containsExactly(ORDER);
    }

    @Test
    void aNewOrderOfTheSameTableBeginsAnewAndOneThatIsTakenBackIsNone() throws IOException {
        order(ORDER);
        book.take(new SnapshotProgress("1", ORDER.table(), 40, Map.of(), State.FAILED, "no key", AT));
        assertThat(book.due()).isEmpty();
        SnapshotOrder again = new SnapshotOrder("2", ORDER.table(), Map.of(), Map.of(), 0, AT.plusSeconds(1));
        order(again);
        assertThat(book.due()).contains(again);
        assertThat(book.progress(again).rows()).isZero();
        take(SnapshotOrder.key("shop", "db", ORDER.table()), null);
        assertThat(book.orders()).isEmpty();
    }

    @Test
    void theOldestOrderGoesFirst() throws IOException {
        SnapshotOrder other = new SnapshotOrder("0", "public.accounts", Map.of(), Map.of(), 0, AT.minusSeconds(1));
        order(ORDER);
        order(other);
        assertThat(book.due()).contains(other);
    }

    @Test
    void whatIsAboutSomethingElseIsPassedOverAndWhatIsBrokenIsTold() throws IOException {
        take(null, new byte[] {1});
        take("shop/db".getBytes(StandardCharsets.UTF_8), new byte[] {1});
        take(SnapshotOrder.key("shop", "other", ORDER.table()), ORDER.toBytes());
        assertThat(book.orders()).isEmpty();
        assertThatThrownBy(() -> take(SnapshotOrder.key("shop", "db", "t"), new byte[] {'{', '}'}))
                .isInstanceOf(IOException.class);
    }
}
