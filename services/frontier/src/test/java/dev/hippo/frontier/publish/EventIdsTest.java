// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void anIdIsAUuidOfVersionSevenWithItsTime() {
        long millis = 1_795_000_000_123L;
        UUID id = UUID.fromString(text(EventIds.uuid(millis)));
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(millis);
        assertThat(text(EventIds.uuid(millis))).isNotEqualTo(id.toString());
        assertThat(text(EventIds.uuid(millis + 1))).isGreaterThan(id.toString());
    }

    @Test
    void eventsOfABatchAreNumbered() {
        byte[] prefix = {'p'};
        for (int number : new int[] {0, 9, 10, 99, 100, 123_456, Integer.MAX_VALUE}) {
            assertThat(text(EventIds.numbered(prefix, number))).isEqualTo("p-" + number);
        }
    }

    @Test
    void aTraceParentIsByTheStandard() {
        assertThat(text(EventIds.traceParent())).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }
}
