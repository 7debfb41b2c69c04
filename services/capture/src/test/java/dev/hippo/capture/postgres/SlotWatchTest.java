// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of the log that a server keeps. */
class SlotWatchTest {
    private static final long GIB = 1L << 30;

    private final PostgresSettings settings =
            PostgresSettings.forHippo("p", "h", "jdbc:postgresql://h/d", "u", "", List.of("a.b"), 0);
    private final SlotWatch watch = new SlotWatch(new Connections(settings), "s", 0);

    @Test
    void growthIsToldAtEachDoublingAndAgainAfterItHasShrunk() {
        assertThat(watch.seen(GIB - 1, -1, "reserved")).isEmpty();
        assertThat(watch.seen(GIB, -1, "reserved"))
                .isEqualTo(
                        "The server keeps 1024 MiB of log for slot s; nothing bounds it: max_slot_wal_keep_size does");
        assertThat(watch.seen(GIB + 5, -1, "reserved")).isEmpty();
        assertThat(watch.seen(5 * GIB, GIB, "extended")).contains("keeps 5120 MiB", "after 1024 MiB more");
        assertThat(watch.seen(0, -1, "reserved")).isEmpty();
        assertThat(watch.seen(GIB, -1, "reserved")).isNotEmpty();
    }

    @Test
    void aLogThatIsAboutToGoIsToldOnce() {
        assertThat(watch.seen(5, 0, "unreserved")).contains("about to take the log of slot s away");
        assertThat(watch.seen(5, 0, "unreserved")).isEmpty();
        assertThat(watch.seen(5, 0, "reserved")).isEmpty();
        assertThat(watch.seen(5, 0, "unreserved")).isNotEmpty();
    }
}
