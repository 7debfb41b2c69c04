// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A place that a connector has told in its own words. */
class CountedOffsetTest {
    @Test
    void aLaterOneIsGreaterWhateverItsWordsAre() {
        CountedOffset first = CountedOffset.none("x.Connector").next(Map.of("lsn", 900L));
        CountedOffset second = first.next(Map.of("lsn", 5L));
        CountedOffset many = new CountedOffset("x.Connector", 255, Map.of("lsn", 9L));
        assertThat(second.position()).isGreaterThan(first.position());
        assertThat(many.next(Map.of()).position()).isGreaterThan(many.position());
    }

    @Test
    void theConnectorIsHandedItsOwnWordsButThoseOfAFirstSnapshotUnderWay() {
        Map<String, Object> words = Map.of(
                "scn", "12", "snapshot_scn", "11", "snapshot_pending_tx", "a:1", "snapshot", true, "n", 7, "b", false);
        CountedOffset read =
                CountedOffset.of(CountedOffset.none("x.Connector").next(words).position());
        assertThat(read.count()).isEqualTo(1);
        assertThat(read.connector()).isEqualTo("x.Connector");
        assertThat(read.offset())
                .isEqualTo(
                        Map.of("scn", "12", "snapshot_scn", "11", "snapshot_pending_tx", "a:1", "n", 7L, "b", false));
    }

    @Test
    void aPlaceIsTheSameInWhicheverTransactionItIsCounted() {
        CountedOffset place = CountedOffset.none("x.Connector").next(Map.of("pos", 4, "transaction_id", "a"));
        assertThat(place.isAt(Map.of("pos", 4L, "transaction_id", "b"))).isTrue();
        assertThat(place.isAt(Map.of("pos", 5L, "transaction_id", "a"))).isFalse();
        assertThat(place.describe()).isEqualTo("pos 4");
    }

    @Test
    void aPositionOfAnotherReaderIsNone() {
        assertThatThrownBy(() -> CountedOffset.of(new Position(0, new byte[] {1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not one that a connector of Debezium has told");
        byte[] words = "{\"file\": \"binlog.000001\"}".getBytes(StandardCharsets.UTF_8);
        byte[] nobodys =
                ByteBuffer.allocate(8 + words.length).putLong(1).put(words).array();
        assertThatThrownBy(() -> CountedOffset.of(new Position(0, nobodys)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not say which connector");
    }
}
