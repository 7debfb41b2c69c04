// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.PipelineFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a source tells that is scanned in cycles. */
class CycleSourceTest {
    @TempDir
    Path folder;

    private Contract contract;
    private ToldChanges told;
    private final List<Running> running = new ArrayList<>();

    @BeforeEach
    void readContract() throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), """
                syntax = "proto3";
                package shop.v1;
                message Price { int64 id = 1; string name = 2; optional double price = 3; }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file, "pipeline: p\ntopics:\n  prices: {contract: shop.v1.Price, key: id, changelog: true}\n");
        contract = PipelineFile.read(file, null, Map.of())
                .spec()
                .contracts()
                .contract("shop.v1.Price")
                .orElseThrow();
        told = new ToldChanges(contract);
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Running each : running) {
            each.source.close();
            each.thread.interrupt();
        }
        for (Running each : running) {
            // it writes to the folder, which goes now
            each.thread.join(TimeUnit.MINUTES.toMillis(1));
        }
    }

    /** A process of the hippo, as far as the source knows. */
    private final class Running {
        final ScriptedScan scan = new ScriptedScan();
        final CycleSource source;
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        private Thread thread = new Thread();

        Running(boolean changes) throws Exception {
            this(changes, "pull");
        }

        Running(boolean changes, String host) throws Exception {
            PullSettings settings = new PullSettings(
                    "prices.prices",
                    contract.descriptor(),
                    List.of("id"),
                    contract.key(List.of("id")),
                    Duration.ofMillis(1),
                    changes,
                    folder.resolve(host));
            source = new CycleSource(settings, scan, told, InstantSource.system());
            running.add(this);
        }

        Position first(Object[]... rows) throws Exception {
            scan.whole(rows);
            Position at = source.snapshot(source.tables(), told);
            assertThat(next().end()).isEqualTo(at);
            return at;
        }

        void from(Position at) {
            thread = new Thread(() -> {
                try {
                    source.stream(at, told);
                    ended.complete(null);
                } catch (SourceFailure | InterruptedException | RuntimeException e) {
                    ended.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        /** What the next scan that ends whole has told, as one that is not stored yet. */
        ToldChanges.Window next() throws Exception {
            ToldChanges.Window window = told.windows.poll(1, TimeUnit.MINUTES);
            return Objects.requireNonNull(window, "nothing was told");
        }

        List<String> stored() throws Exception {
            ToldChanges.Window window = next();
            source.stored(window.end());
            return window.changes();
        }

        void dies() throws Exception {
            source.close();
            thread.interrupt();
            ended.handle((nothing, failure) -> true).get(1, TimeUnit.MINUTES);
        }
    }

    private static Object[] row(Object... values) {
        return values;
    }

    private static List<Object[]> hundred() {
        return IntStream.rangeClosed(1, 100)
                .mapToObj(i -> row(i, "n" + i, i / 4.0))
                .toList();
    }

    @Test
    void theFirstScanTellsAllRowsAndEachFurtherOneWhatIsDifferent() throws Exception {
        Running hippo = new Running(true);
        Position first = hippo.first(row(2, "b", 1.5), row(10, "c", null), row(1, "a", 1.0));
        assertThat(told.rows.keySet()).containsExactly("1", "10", "2");
        hippo.from(first);
        hippo.scan.whole(row(10, "c", null), row(1, "a", 1.0), row(2, "b", 1.5));
        assertThat(hippo.stored()).isEmpty();
        hippo.scan.whole(row(3, "new", 7.25), row(1, "a", 1.5), row(10, "c", null));
        ToldChanges.Window third = hippo.next();
        assertThat(third.id()).isEqualTo("cycle-3");
        assertThat(third.changes())
                .containsExactly(
                        "UPDATE {id:1} {id:1,name:a,price:1.0} -> {id:1,name:a,price:1.5}",
                        "DELETE {id:2} {id:2,name:b,price:1.5}",
                        "CREATE {id:3} -> {id:3,name:new,price:7.25}");
        assertThat(third.end()).isGreaterThan(first);
        assertThat(hippo.source.describe(third.end())).startsWith("cycle 3, 3 rows in ");
        hippo.source.stored(third.end());
        hippo.scan.whole();
        assertThat(hippo.stored())
                .allMatch(change -> change.startsWith("DELETE"))
                .hasSize(3);
        hippo.dies();
    }

    @Test
    void rowsBeforeAreKeptOnlyWhereAllChangesAreTold() throws Exception {
        Running hippo = new Running(false);
        hippo.from(hippo.first(row(1, "a", 1.0), row(2, "b", 2.0)));
        hippo.scan.whole(row(1, "a", 3.0));
        assertThat(hippo.stored()).containsExactly("UPDATE {id:1} -> {id:1,name:a,price:3.0}", "DELETE {id:2}");
    }

    @Test
    void aScanThatBreaksOffTellsNothing() throws Exception {
        Running hippo = new Running(false);
        Position first = hippo.first(hundred().toArray(Object[][]::new));
        hippo.from(first);
        List<Object[]> changed = new ArrayList<>(hundred());
        changed.set(3, row(4, "changed", null));
        hippo.scan.brokenOff(changed, 40);
        assertThatThrownBy(() -> hippo.ended.get(1, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("broke off behind row 40");
        assertThat(told.windows).isEmpty();
        Running next = new Running(false);
        next.from(first);
        next.scan.whole(changed);
        assertThat(next.stored()).containsExactly("UPDATE {id:4} -> {id:4,name:changed}");
    }

    @Test
    void whatIsWrongWithARowIsToldWithItsPlaceAndNothingElseIs() throws Exception {
        wrong("row 3 has the same key as row 1, '1'", row(1, "a", 1.0), row(2, "b", 2.0), row(1, "c", 3.0));
        wrong("row 2: field 'id' has no value, and is of the key", row(1, "a", 1.0), row(null, "b", 2.0));
        wrong("row 1: field 'price' is double, and 'cheap' is no number", row(1, "a", "cheap"));
        wrong("row 1: field 'id' is int64, and '1.5' is not whole", row("1.5", "a", 1.0));
        wrong(
                "row 1: field 'id' is int64, and '9223372036854775808' is not between",
                row("9223372036854775808", "", 1));
    }

    private void wrong(String message, Object[]... rows) throws Exception {
        Running hippo = new Running(false);
        Position first = hippo.first(row(1, "a", 1.0), row(2, "b", 2.0));
        hippo.from(first);
        hippo.scan.whole(rows);
        assertThatThrownBy(() -> hippo.ended.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(SourceFailure.class)
                .hasMessageContaining(message);
        assertThat(told.windows).isEmpty();
    }

    @Test
    void aDeathBetweenTheCommitInKafkaAndTheNextStateDoublesNothingAndLosesNothing() throws Exception {
        Running hippo = new Running(false);
        Position first = hippo.first(row(1, "a", 1.0), row(2, "b", 2.0));
        hippo.from(first);
        hippo.scan.whole(row(1, "a", 1.5));
        ToldChanges.Window cycle = hippo.next();
        hippo.dies();
        // Kafka has the cycle
        Running next = new Running(false);
        next.from(cycle.end());
        next.scan.whole(row(1, "a", 1.5), row(3, "c", 3.0));
        assertThat(next.next().changes()).containsExactly("CREATE {id:3} -> {id:3,name:c,price:3.0}");
        next.dies();
        // Kafka does not have that one, which found what is not there any more
        Running third = new Running(false);
        third.from(cycle.end());
        third.scan.whole(row(1, "a", 1.5), row(4, "d", 4.0));
        assertThat(third.stored()).containsExactly("CREATE {id:4} -> {id:4,name:d,price:4.0}");
    }

    @Test
    void whatADeadProcessHadNotToldIsToldAgain() throws Exception {
        Running hippo = new Running(false);
        Position first = hippo.first(row(1, "a", 1.0), row(2, "b", 2.0));
        hippo.from(first);
        hippo.scan.whole(row(1, "a", 1.5));
        hippo.next();
        hippo.dies();
        Running next = new Running(false);
        next.from(first);
        next.scan.whole(row(1, "a", 1.5));
        assertThat(next.stored()).containsExactly("UPDATE {id:1} -> {id:1,name:a,price:1.5}", "DELETE {id:2}");
    }

    @Test
    void aStateOfACycleThatAnotherProcessToldOtherwiseIsNotTakenForIt() throws Exception {
        Running hippo = new Running(false);
        Position first = hippo.first(row(1, "a", 1.0), row(2, "b", 2.0));
        byte[] two = told.rows.get("2");
        hippo.from(first);
        hippo.scan.whole(row(1, "a", 1.0));
        hippo.next();
        hippo.dies();
        // Kafka did not take it, and another host tells a cycle of the same number, which found something else
        told.rows.put("2", two);
        Running other = new Running(false, "other");
        other.from(first);
        other.scan.whole(row(1, "a", 1.0), row(2, "b", 2.5));
        Position second = other.next().end();
        other.dies();
        Running back = new Running(false);
        back.from(second);
        back.scan.whole(row(1, "a", 1.0));
        assertThat(back.stored()).containsExactly("DELETE {id:2}");
    }

    @Test
    void aStateThatIsGoneOrAnotherOnesIsMadeAnewOfWhatKafkaHas() throws Exception {
        Running hippo = new Running(false);
        Position first = hippo.first(hundred().toArray(Object[][]::new));
        try (Stream<Path> files = Files.list(folder.resolve("pull"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        List<Object[]> rows = new ArrayList<>(hundred());
        rows.remove(50);
        Running next = new Running(false);
        next.from(first);
        next.scan.whole(rows);
        assertThat(next.stored()).containsExactly("DELETE {id:51}");
        next.scan.whole(rows);
        Position last = next.next().end();
        next.source.stored(last);
        next.dies();
        // from now on all changes are told, and rows before with them
        Running third = new Running(true);
        third.from(last);
        rows.remove(0);
        third.scan.whole(rows);
        assertThat(third.stored()).containsExactly("DELETE {id:1} {id:1,name:n1,price:0.25}");
    }

    @Test
    void onlyTheStateOfTheLastCycleIsKept() throws Exception {
        Running hippo = new Running(false);
        hippo.from(hippo.first(row(1, "a", 1.0)));
        for (int i = 2; i < 5; i++) {
            hippo.scan.whole(row(i, "a", 1.0));
            assertThat(hippo.stored()).hasSize(2);
        }
        hippo.scan.whole(row(4, "a", 1.0));
        hippo.stored();
        hippo.scan.whole(row(4, "a", 1.0));
        hippo.next();
        hippo.dies();
        try (Stream<Path> files = Files.list(folder.resolve("pull"))) {
            // that of Kafka's position, and the next one that it may have come to
            assertThat(files).hasSize(2);
        }
    }
}
