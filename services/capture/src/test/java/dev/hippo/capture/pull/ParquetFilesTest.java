// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.PipelineFile;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Parquet files are read as rows; DuckDB makes them. */
class ParquetFilesTest {
    @TempDir
    Path folder;

    private void write(String name, String query) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Path beside = folder.resolve("new.tmp");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("copy (" + query + ") to '" + beside + "' (format parquet, row_group_size 10000)");
        }
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private List<List<Object>> read(String pattern, String... fields) throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        try (FileScan scan = new FileScan(folder, List.of(pattern), List.of(fields))) {
            scan.check();
            scan.read((place, values) -> {
                List<Object> row = new ArrayList<>(List.of(scan.describe(place)));
                for (Object value : values) {
                    row.add(comparable(value));
                }
                rows.add(row);
            });
        }
        return rows;
    }

    private static Object comparable(Object value) {
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        return value instanceof Object[] list
                ? Arrays.stream(list).map(ParquetFilesTest::comparable).toList()
                : value;
    }

    private Object read(String value) throws Exception {
        write("one.parquet", "select " + value + " as c");
        return read("one.parquet", "c").get(0).get(1);
    }

    @Test
    void valuesLoseNothing() throws Exception {
        assertThat(read("7::bigint")).isEqualTo(7L);
        assertThat(read("18446744073709551615::ubigint")).isEqualTo("18446744073709551615");
        assertThat(read("1.50::decimal(38,2)")).isEqualTo(new BigDecimal("1.50"));
        assertThat(read("0.1::float")).isEqualTo(0.1f);
        assertThat(read("'nan'::double")).isEqualTo(Double.NaN);
        assertThat(read("true")).isEqualTo(true);
        assertThat(read("'Tee, \u00e4'")).isEqualTo("Tee, \u00e4");
        assertThat(read("null::int")).isNull();
        assertThat(read("'\\x01\\x02'::blob")).isEqualTo("0102");
        assertThat(read("timestamptz '2026-11-21 10:00:00.123456+02'"))
                .isEqualTo(Instant.parse("2026-11-21T08:00:00.123456Z"));
        assertThat(read("timestamp '2026-03-29 02:30:00.5'")).isEqualTo("2026-03-29T02:30:00.5");
        assertThat(read("timestamp_ns '2026-03-29 02:30:00.123456789'")).isEqualTo("2026-03-29T02:30:00.123456789");
        assertThat(read("date '2026-11-21'")).isEqualTo("2026-11-21");
        assertThat(read("time '10:00:00.5'")).isEqualTo("10:00:00.5");
        assertThat(read("'{\"a\": 1}'::json")).isEqualTo("{\"a\": 1}");
    }

    @Test
    void listsKeepTheirElementsAndStructsAreJson() throws Exception {
        assertThat(read("['a', null]")).isEqualTo(Arrays.asList("a", null));
        assertThat(read("null::int[]")).isNull();
        assertThat(read("[1.50::decimal(4,2)]")).isEqualTo(List.of(new BigDecimal("1.50")));
        assertThat(read("[timestamp '2026-03-29 02:30:00.5']")).isEqualTo(List.of("2026-03-29T02:30:00.5"));
        assertThat(read("[timestamptz '2026-11-21 10:00:00+02']"))
                .isEqualTo(List.of(Instant.parse("2026-11-21T08:00:00Z")));
        assertThat(read("['\\x01\\x02'::blob]")).isEqualTo(List.of("AQI="));
        assertThat(read("[[1, 2], [3]]")).isEqualTo(List.of("[1,2]", "[3]"));
        assertThat(read("{'street': 'Elm', 'no': 18446744073709551615::ubigint, 'w': 1.50::decimal(4,2)}"))
                .isEqualTo("{\"street\":\"Elm\",\"no\":18446744073709551615,\"w\":\"1.50\"}");
        assertThat(read("null::struct(a int)")).isNull();
        assertThat(read("map {'k': 1}")).isEqualTo("{\"k\":1}");
        assertThat(read("[{'a': 1}]")).isEqualTo(List.of("{\"a\":1}"));
    }

    @Test
    void decimalsInStructsMapsAndListsOfListsAreTextsWithAllDigits() throws Exception {
        String large = "12345678901234567890.12";
        assertThat(read("{'DECIMAL(4,2)': 1.5::double, 'a': {'b': " + large
                        + "::decimal(38,2), 'c': null::decimal(4,2)}}"))
                .isEqualTo("{\"DECIMAL(4,2)\":1.5,\"a\":{\"b\":\"" + large + "\",\"c\":null}}");
        assertThat(read("map {1.50::decimal(4,2): [" + large + "::decimal(38,2)]}"))
                .isEqualTo("{\"1.50\":[\"" + large + "\"]}");
        assertThat(read("[[" + large + "::decimal(38,2)], null]"))
                .isEqualTo(Arrays.asList("[\"" + large + "\"]", null));
        assertThat(read("[{'a': " + large + "::decimal(38,2)}]")).isEqualTo(List.of("{\"a\":\"" + large + "\"}"));
    }

    @Test
    void rowsComeInTheOrderOfTheFilesWithTheirPlaces() throws Exception {
        write("data/day=1/it's [1].parquet", "select i as ID, 'x' as more from range(60000) t(i)");
        write("data/day=2/b.parquet", "select 7 as id");
        write("data/day=3/none.parquet", "select 7 as id where false");
        List<List<Object>> rows = read("data/**.parquet", "id");
        assertThat(rows).hasSize(60_001);
        assertThat(rows.get(59_999)).isEqualTo(List.of("data/day=1/it's [1].parquet:60000", 59_999L));
        assertThat(rows.get(60_000)).isEqualTo(List.of("data/day=2/b.parquet:1", 7));
        assertThatThrownBy(() -> read("data/*.parquet", "id")).hasMessageContaining("no file 'data/*.parquet' is in");
    }

    @Test
    void aFileThatIsNotWholeBreaksTheScanOff() throws Exception {
        write("a.parquet", "select i as id, 'name ' || random() as name from range(100000) t(i)");
        byte[] whole = Files.readAllBytes(folder.resolve("a.parquet"));
        Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length / 2));
        refused("cut.parquet", "cut.parquet cannot be read: No magic bytes found at end of file");
        Files.write(folder.resolve("empty.parquet"), new byte[0]);
        refused("empty.parquet", "empty.parquet cannot be read: File '");
        Files.writeString(folder.resolve("text.parquet"), "id,name,price\n1,a,1\n");
        refused("text.parquet", "text.parquet cannot be read: No magic bytes found at end of file");
        refused("a.parquet", "a.parquet has no column 'price' (it has id, name)", "id", "price");
    }

    @Test
    void aFileThatIsBrokenInTheMiddleBreaksTheScanOff() throws Exception {
        // more rows than the driver reads before it gives the first one; then it ends where the file is broken, and
        // tells of nothing
        write("a.parquet", "select i as id, 'name ' || hash(i) as name from range(300000) t(i)");
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("a.parquet").toFile(), "rw")) {
            file.seek(file.length() / 100 * 95);
            file.write(new byte[1_000]);
        }
        assertThatThrownBy(() -> read("a.parquet", "id", "name"))
                .isInstanceOf(SourceFailure.class)
                .hasMessageMatching(
                        "a.parquet is broken behind row 2\\d+ of 300000, or has groups .*; nothing of this scan is told");
    }

    private void refused(String file, String message, String... fields) {
        assertThatThrownBy(() -> read(file, fields.length == 0 ? new String[] {"id"} : fields))
                .isInstanceOf(SourceFailure.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void whatIsDifferentInThreeFilesIsTold() throws Exception {
        Contract contract = contract();
        IntStream.rangeClosed(1, 3).forEach(i -> rows(i, "select " + i + " as id, 'n' as name, " + i + ".5 as price"));
        ToldChanges told = new ToldChanges(contract);
        List<String> fields = List.of("id", "name", "price");
        PullSettings settings = new PullSettings(
                "prices.prices",
                contract.descriptor(),
                List.of("id"),
                contract.key(List.of("id")),
                Duration.ofMillis(1),
                true,
                folder.resolve("state"));
        CycleSource source = new CycleSource(
                settings, new FileScan(folder, List.of("data/*.parquet"), fields), told, InstantSource.system());
        Position first = source.snapshot(source.tables(), told);
        assertThat(next(told).end()).isEqualTo(first);
        assertThat(told.rows.keySet()).containsExactly("1", "2", "3");
        rows(1, "select 1 as id, 'n' as name, 2.5 as price");
        rows(2, "select 2 as id, 'n' as name, 2.5 as price where false");
        rows(3, "select * from (values (4, 'new', 4.5), (3, 'n', 3.5)) t(id, name, price)");
        Thread thread = new Thread(() -> {
            try {
                source.stream(first, told);
            } catch (SourceFailure | InterruptedException e) {
                // it was closed
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        try {
            assertThat(next(told).changes())
                    .containsExactly(
                            "UPDATE {id:1} {id:1,name:n,price:1.5} -> {id:1,name:n,price:2.5}",
                            "DELETE {id:2} {id:2,name:n,price:2.5}",
                            "CREATE {id:4} -> {id:4,name:new,price:4.5}");
        } finally {
            source.close();
            thread.interrupt();
            thread.join(TimeUnit.MINUTES.toMillis(1));
        }
    }

    private static ToldChanges.Window next(ToldChanges told) throws InterruptedException {
        return Objects.requireNonNull(told.windows.poll(1, TimeUnit.MINUTES), "nothing was told");
    }

    private void rows(int file, String query) {
        try {
            write("data/" + file + ".parquet", query);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Contract contract() throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), """
                syntax = "proto3";
                package shop.v1;
                message Price { int64 id = 1; string name = 2; optional double price = 3; }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file, "pipeline: p\ntopics:\n  prices: {contract: shop.v1.Price, key: id, changelog: true}\n");
        return PipelineFile.read(file, null, Map.of())
                .spec()
                .contracts()
                .contract("shop.v1.Price")
                .orElseThrow();
    }
}
