// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.PartitionColumn.Transform;
import dev.hippo.pipeline.RuleSpec.TableClosed;
import dev.hippo.wire.FinishMessage;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalReader;
import dev.hippo.wire.mission.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Partitions that are over, by what the writer of a table has told. */
class ClosingsTest {
    private Closings closings = new Closings("p/h");
    private final Changes changes = new Changes();
    private long version;

    private static TableClosed closed(Transform unit, Duration lateness, Map<String, String> partition) {
        return new TableClosed("hippo-finish", "p", "t", "time", unit, lateness, partition);
    }

    /** A commit to those partitions, and what is over by it. */
    private List<String> commit(TableClosed condition, String... partitions) throws Exception {
        return told(condition, ++version, partitions);
    }

    private List<String> told(TableClosed condition, long commit, String... partitions) throws Exception {
        FinishMessage message = new FinishMessage(
                "lake",
                "p",
                "t",
                "append",
                Stream.of(partitions).map(ClosingsTest::columns).toList(),
                1,
                commit,
                Instant.ofEpochSecond(1_000_000 + commit));
        Signal signal = SignalReader.read(message.toBytes(), Instant.EPOCH).get(0);
        return closings
                .take(condition, signal, new Trigger.Source("hippo-finish", 0, commit, signal.message()), changes)
                .stream()
                .map(open -> open.partition() + "@" + open.version().version())
                .toList();
    }

    private static Map<String, String> columns(String partition) {
        Map<String, String> columns = new LinkedHashMap<>();
        int slash = partition.indexOf('/');
        columns.put("time", slash < 0 ? partition : partition.substring(0, slash));
        if (slash >= 0) {
            columns.put("country", partition.substring(slash + 1));
        }
        return columns;
    }

    @Test
    void aPartitionIsOverWhenANewerOneHasRows() throws Exception {
        TableClosed day = closed(Transform.DAY, Duration.ZERO, Map.of());
        assertThat(commit(day, "2026-02-27")).isEmpty();
        assertThat(commit(day, "2026-02-27")).isEmpty();
        assertThat(commit(day, "2026-02-28", "2026-02-27")).containsExactly("time=2026-02-27@3");
        assertThat(commit(day, "2026-03-02", "2026-03-01")).containsExactly("time=2026-02-28@3", "time=2026-03-01@4");
        // late, but in the table: over at once
        assertThat(commit(day, "2026-02-27")).containsExactly("time=2026-02-27@5");
    }

    @Test
    void lateEventsAreWaitedForByTheProgressOfTheData() throws Exception {
        TableClosed hour = closed(Transform.HOUR, Duration.ofMinutes(90), Map.of());
        assertThat(commit(hour, "2026-02-27T22")).isEmpty();
        assertThat(commit(hour, "2026-02-27T23")).isEmpty();
        assertThat(commit(hour, "2026-02-28T00")).isEmpty();
        assertThat(commit(hour, "2026-02-28T01")).containsExactly("time=2026-02-27T22@1");
        closings = new Closings("p/h");
        TableClosed month = closed(Transform.MONTH, Duration.ofDays(1), Map.of());
        assertThat(commit(month, "2026-01", "2026-02")).isEmpty();
        assertThat(commit(month, "2026-03")).containsExactly("time=2026-01@5");
    }

    @Test
    void everyPartitionTellsHowFarTheTableHasComeAndOnlyThoseAskedForAreGiven() throws Exception {
        TableClosed swiss = closed(Transform.DAY, Duration.ZERO, Map.of("COUNTRY", "CH"));
        assertThat(commit(swiss, "2026-02-27/CH", "2026-02-27/DE")).isEmpty();
        assertThat(commit(swiss, "2026-02-28/DE")).containsExactly("time=2026-02-27/country=CH@1");
    }

    @Test
    void theSameCommitToldAgainAndARestartChangeNothing() throws Exception {
        TableClosed day = closed(Transform.DAY, Duration.ZERO, Map.of());
        commit(day, "2026-02-27");
        byte[] written = changes.states().get("p/h/closing/table p.t closed");
        closings = new Closings("p/h");
        closings.restore(OpenPartitions.fromBytes(written));
        assertThat(told(day, 1, "2026-02-27")).isEmpty();
        assertThat(commit(day, "2026-02-28")).containsExactly("time=2026-02-27@1");
        assertThat(told(day, 1, "2026-02-27")).isEmpty();
        assertThat(commit(day, "")).isEmpty();
        assertThat(commit(day, "2026-03-01")).containsExactly("time=2026-02-28@2");
    }
}
