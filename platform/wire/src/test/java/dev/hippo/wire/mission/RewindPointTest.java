// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RewindPointTest {
    @Test
    void readsTimesAndPlaces() {
        assertThat(RewindPoint.parse("earliest")).isEqualTo(new RewindPoint.Earliest());
        assertThat(RewindPoint.parse("2026-11-21T06:00:00Z"))
                .isEqualTo(new RewindPoint.At(Instant.parse("2026-11-21T06:00:00Z")));
        assertThat(RewindPoint.parse("a.b/0@17, c/12@0"))
                .isEqualTo(new RewindPoint.Offsets(
                        Map.of(new TopicPartition("a.b", 0), 17L, new TopicPartition("c", 12), 0L)));
    }

    @Test
    void saysWhatIsWrong() {
        for (String wrong : new String[] {"", "yesterday", "2026-11-21", "a@3", "a/0@", "a/0@x"}) {
            assertThatThrownBy(() -> RewindPoint.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("write ");
        }
    }
}
