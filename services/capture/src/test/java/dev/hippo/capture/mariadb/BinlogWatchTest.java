// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.mariadb.Server.LogFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of the files of a binary log. */
class BinlogWatchTest {
    private static final List<LogFile> FILES =
            List.of(new LogFile("bin.000007", 100), new LogFile("bin.000008", 20), new LogFile("bin.000009", 3));

    private final BinlogWatch watch =
            new BinlogWatch(MariaDbSettings.forHippo("p/h", "jdbc:mariadb://h/", "u", "", List.of("bank.accounts"), 0));

    @Test
    void whatIsBehindAPlaceIsTheRestOfItsFileAndAllLaterOnes() {
        assertThat(BinlogWatch.behind(FILES, new LogPlace(7, 40))).isEqualTo(83);
        assertThat(BinlogWatch.behind(FILES, new LogPlace(9, 3))).isZero();
        assertThat(BinlogWatch.behind(FILES, new LogPlace(8, 4))).isEqualTo(19);
    }

    @Test
    void aReaderThatStaysInTheOldestFileIsToldOnceForEachFile() {
        assertThat(watch.isNew(FILES, new LogPlace(7, 4))).isFalse();
        assertThat(watch.isNew(FILES, new LogPlace(7, 8))).isTrue();
        assertThat(watch.isNew(FILES, new LogPlace(7, 9))).isFalse();
        List<LogFile> later = FILES.subList(1, 3);
        assertThat(watch.isNew(later, new LogPlace(8, 4))).isFalse();
        assertThat(watch.isNew(later, new LogPlace(8, 4))).isTrue();
    }

    @Test
    void aReaderInTheOnlyFileOrInALaterOneHasNothingToFear() {
        for (int look = 0; look < 3; look++) {
            assertThat(watch.isNew(FILES, new LogPlace(8, 4))).isFalse();
            assertThat(watch.isNew(FILES.subList(0, 1), new LogPlace(7, 4))).isFalse();
        }
    }

    @Test
    void theWarningSaysWhichFileGoesAndWhen() {
        assertThat(BinlogWatch.warning(FILES, "864000"))
                .contains("still in bin.000007, the oldest of 3", "binlog_expire_logs_seconds is 864000; raise it");
        assertThat(BinlogWatch.warning(FILES, "0")).contains("does not remove files by their age");
    }
}
