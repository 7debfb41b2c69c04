// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.frontier.publish.KeyLedger.Meaning;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KeyLedgerTest {
    private static final byte[] NOTICE = "{\"table\":\"t\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "{\"table\":\"u\"}".getBytes(StandardCharsets.UTF_8);
    private static final TopicPartition PLACE = new TopicPartition("frontier-adw", 0);
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final KeyLedger ledger = new KeyLedger(3);

    private static RecordMetadata at(long offset) {
        return new RecordMetadata(PLACE, offset, 0, 0, -1, -1);
    }

    private List<Long> offsets(KeyLedger.Use use) {
        List<Long> offsets = new ArrayList<>();
        use.whenSettled((metadata, failure) -> offsets.add(metadata == null ? -1 : metadata.offset()));
        return offsets;
    }

    @Test
    void theSameNoticeUnderTheSameKeyWaitsForTheFirstAndHasItsPlace() {
        KeyLedger.Use first = ledger.use("k", NOTICE, 1);
        KeyLedger.Use second = ledger.use("k", NOTICE, 2);
        assertThat(first.meaning()).isEqualTo(Meaning.NEW);
        assertThat(second.meaning()).isEqualTo(Meaning.SAME);
        List<Long> early = offsets(second);
        assertThat(early).isEmpty();
        first.settled(at(7), null);
        assertThat(early).containsExactly(7L);
        assertThat(offsets(ledger.use("k", NOTICE, 3))).containsExactly(7L);
    }

    @Test
    void anotherNoticeUnderTheSameKeyIsTold() {
        ledger.use("k", NOTICE, 1).settled(at(7), null);
        assertThat(ledger.use("k", OTHER, 2).meaning()).isEqualTo(Meaning.OTHER);
        assertThat(ledger.use("l", OTHER, 2).meaning()).isEqualTo(Meaning.NEW);
    }

    @Test
    void aKeyWhoseNoticeKafkaDidNotTakeIsFreeAgain() {
        KeyLedger.Use first = ledger.use("k", NOTICE, 1);
        List<Long> waiting = offsets(ledger.use("k", NOTICE, 1));
        first.settled(null, new IllegalStateException("not taken"));
        assertThat(waiting).containsExactly(-1L);
        assertThat(ledger.use("k", NOTICE, 2).meaning()).isEqualTo(Meaning.NEW);
    }

    @Test
    void whatTheTopicHoldsIsKnownAndOfSeveralTheFirst() {
        ledger.read("k", NOTICE, 1, PLACE, 4);
        ledger.read("k", NOTICE, 2, PLACE, 5);
        assertThat(offsets(ledger.use("k", NOTICE, 3))).containsExactly(4L);
    }

    @Test
    void aKeyIsKnownForADayAndTheOldestAreForgottenFirst() {
        ledger.use("k", NOTICE, 1).settled(at(1), null);
        assertThat(ledger.use("k", OTHER, DAY).meaning()).isEqualTo(Meaning.OTHER);
        assertThat(ledger.use("k", OTHER, DAY + 1).meaning()).isEqualTo(Meaning.NEW);
        for (String key : List.of("a", "b", "c")) {
            ledger.use(key, NOTICE, DAY + 2).settled(at(2), null);
        }
        assertThat(ledger.size()).isEqualTo(3);
        assertThat(ledger.use("k", NOTICE, DAY + 3).meaning()).isEqualTo(Meaning.NEW);
        assertThat(ledger.use("c", NOTICE, DAY + 3).meaning()).isEqualTo(Meaning.SAME);
    }
}
