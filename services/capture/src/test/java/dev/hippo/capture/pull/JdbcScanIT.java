// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.mariadb.MariaDbServer;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How real drivers give values. */
class JdbcScanIT {
    @TempDir
    Path folder;

    private static JdbcScan scan(String url, String user, String password, String query, List<String> fields)
            throws SourceFailure {
        return new JdbcScan(
                new JdbcSettings(url, user, password, query), fields, OwnClasses.of(Path.of("."), List.of()));
    }

    private static List<Object> row(JdbcScan scan) throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        try (scan) {
            scan.check();
            scan.read((place, values) -> rows.add(Arrays.asList(values)));
        }
        assertThat(rows).hasSize(1);
        List<Object> row = rows.get(0);
        row.replaceAll(JdbcScanIT::comparable);
        return row;
    }

    private static Object comparable(Object value) {
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Object[] list) {
            return Arrays.asList(list);
        }
        return value instanceof OffsetDateTime time ? time.toInstant() : value;
    }

    private static List<String> fields(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).toList();
    }

    private static void refused(JdbcScan scan, Kind kind, String message) {
        try (scan) {
            assertThatThrownBy(scan::check)
                    .isInstanceOfSatisfying(
                            SourceFailure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(kind))
                    .hasMessageContaining(message);
        }
    }

    @Test
    void valuesOfPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            String query = "select 1::smallint c0, 9007199254740993 c1, 0.1::real c2, 0.1::float8 c3, 1.500 c4,"
                    + " 'NaN'::numeric c5, true c6, '\\x0102'::bytea c7,"
                    + " timestamptz '2026-11-21 10:00:00.123456+02' c8, timestamp '2026-03-29 02:30:00.5' c9,"
                    + " date '2026-11-21' c10, time '24:00:00' c11, interval '1 day 2 hours' c12, '{\"a\": 1}'::json c13,"
                    + " null::int c14, B'101' c15, 'x' \"C16\"";
            assertThat(row(scan(url, "postgres", "", query, fields(17))))
                    .isEqualTo(Arrays.asList(
                            1,
                            9007199254740993L,
                            0.1f,
                            0.1,
                            new BigDecimal("1.500"),
                            Double.NaN,
                            true,
                            "0102",
                            Instant.parse("2026-11-21T08:00:00.123456Z"),
                            "2026-03-29T02:30:00.5",
                            "2026-11-21",
                            "24:00:00",
                            "P1DT2H",
                            "{\"a\": 1}",
                            null,
                            "101",
                            "x"));
            refused(
                    scan(url, "postgres", "", "select 1 as c0, 2 as C1", fields(3)),
                    Kind.SETTING,
                    "the query has no column 'c2' (it has c0, c1)");
            refused(
                    scan(url, "postgres", "", "select c0 from nowhere", fields(1)),
                    Kind.SETTING,
                    "relation \"nowhere\" does not exist");
            refused(scan(url + "x", "postgres", "", "select 1 c0", fields(1)), Kind.SETTING, "does not exist");
            refused(
                    scan("jdbc:nosuch:x", "", "", "select 1 c0", fields(1)),
                    Kind.SETTING,
                    "there is no driver for jdbc:nosuch:");
            refused(
                    scan("jdbc:postgresql://127.0.0.1:1/x", "u", "", "select 1 c0", fields(1)),
                    Kind.PASSING,
                    "no connection to jdbc:postgresql://127.0.0.1:1/x");
        }
    }

    @Test
    void anErrorBehindRowsOfDuckDbIsNotTheirEnd() throws Exception {
        String query = "select case when i = 2000000 then error('spoiled') else i end as c0 from range(3000000) t(i)";
        try (JdbcScan scan = scan("jdbc:duckdb:", "", "", query, fields(1))) {
            assertThatThrownBy(() -> scan.read((place, values) -> {}))
                    .isInstanceOf(SourceFailure.class)
                    .hasMessageContaining("spoiled");
        }
    }

    @Test
    void parquetFilesAreReadByDuckDb() throws Exception {
        Path file = folder.resolve("rows.parquet");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("copy (select 7::bigint c0, 'Tea' c1, 1.50::decimal(10,2) c2,"
                    + " timestamptz '2026-11-21 10:00:00.123456+02' c3, timestamp '2026-03-29 02:30:00.5' c4,"
                    + " date '2026-11-21' c5, ['a', 'b'] c6, null::int c7, true c8, 0.5::float c9, '\\x01\\x02'::blob c10)"
                    + " to '" + file + "' (format parquet)");
        }
        String query = "select * from read_parquet('" + file + "')";
        List<Object> row = row(scan("jdbc:duckdb:", "", "", query, fields(11)));
        assertThat(row)
                .isEqualTo(Arrays.asList(
                        7L,
                        "Tea",
                        new BigDecimal("1.50"),
                        Instant.parse("2026-11-21T08:00:00.123456Z"),
                        "2026-03-29T02:30:00.5",
                        "2026-11-21",
                        List.of("a", "b"),
                        null,
                        true,
                        0.5f,
                        "0102"));
    }

    @Test
    void valuesOfMariaDb() throws Exception {
        try (MariaDbServer server = MariaDbServer.start()) {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("create database shop");
                statement.execute("set time_zone = '+02:00', sql_mode = ''");
                statement.execute("create table shop.t (c0 tinyint(1), c1 bigint unsigned, c2 float, c3 double,"
                        + " c4 decimal(10,3), c5 bit(1), c6 varbinary(10), c7 timestamp(6) null, c8 datetime(1),"
                        + " c9 datetime, c10 date, c11 time, c12 json, c13 enum('a','b'), c14 int, c15 year)");
                statement.execute("insert into shop.t values (2, 18446744073709551615, 0.5, 0.1, 1.5, 1, x'0102',"
                        + " '2026-11-21 10:00:00.123456', '2026-03-29 02:30:00.5', '0000-00-00', '0000-00-00',"
                        + " '-100:00:00', '{\"a\": 1}', 'b', null, 2026)");
            }
            for (String scheme : List.of("jdbc:mariadb:", "jdbc:mysql:")) {
                String url = server.url().replaceFirst("jdbc:[a-z]+:", scheme);
                assertThat(row(scan(
                                url, MariaDbServer.USER, MariaDbServer.PASSWORD, "select * from shop.t", fields(16))))
                        .isEqualTo(Arrays.asList(
                                2,
                                new BigInteger("18446744073709551615"),
                                0.5f,
                                0.1,
                                new BigDecimal("1.500"),
                                true,
                                "0102",
                                "2026-11-21T08:00:00.123456Z",
                                "2026-03-29T02:30:00.500000",
                                "0000-00-00T00:00:00",
                                "0000-00-00",
                                "-100:00:00",
                                "{\"a\": 1}",
                                "b",
                                null,
                                "2026"));
            }
        }
    }
}
