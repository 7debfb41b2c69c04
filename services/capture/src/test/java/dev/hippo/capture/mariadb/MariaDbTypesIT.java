// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MariaDbTypesIT {
    /** A type, how it is told, and values as SQL with what is told of each. */
    private record Case(String declared, ColumnType type, List<String> values) {
        static Case of(String declared, ColumnType type, String... values) {
            return new Case(declared, type, List.of(values));
        }
    }

    private static final List<Case> CASES = List.of(
            Case.of("tinyint", ColumnType.INT32, "-128", "-128", "127", "127"),
            Case.of("tinyint(1)", ColumnType.INT32, "2", "2", "0", "0"),
            Case.of("tinyint unsigned", ColumnType.UINT32, "255", "255", "0", "0"),
            Case.of("smallint", ColumnType.INT32, "-32768", "-32768", "32767", "32767"),
            Case.of("smallint unsigned zerofill", ColumnType.UINT32, "65535", "65535", "7", "7"),
            Case.of("mediumint", ColumnType.INT32, "-8388608", "-8388608", "8388607", "8388607"),
            Case.of("mediumint unsigned", ColumnType.UINT32, "16777215", "16777215", "1", "1"),
            Case.of("int", ColumnType.INT32, "-2147483648", "-2147483648", "2147483647", "2147483647"),
            Case.of("int unsigned", ColumnType.UINT32, "4294967295", "4294967295", "1", "1"),
            Case.of("bigint", ColumnType.INT64, "-9223372036854775808", "-9223372036854775808", "1", "1"),
            Case.of("bigint unsigned", ColumnType.UINT64, "18446744073709551615", "18446744073709551615", "1", "1"),
            Case.of("float", ColumnType.FLOAT, "0.1", "0.1", "-3.4028235e38", "-3.4028235E38"),
            Case.of("double", ColumnType.DOUBLE, "0.1", "0.1", "-1.7976931348623157e308", "-1.7976931348623157E308"),
            Case.of("decimal(10,2)", ColumnType.DECIMAL, "-12345678.90", "-12345678.90", "0.05", "0.05"),
            Case.of(
                    "decimal(65,30)",
                    ColumnType.DECIMAL,
                    "-12345678901234567890123456789012345.123456789012345678901234567890",
                    "-12345678901234567890123456789012345.123456789012345678901234567890",
                    "0",
                    "0.000000000000000000000000000000"),
            Case.of("decimal(9,0) zerofill", ColumnType.DECIMAL, "000000123", "123", "100000000", "100000000"),
            Case.of("bit(1)", ColumnType.BOOL, "b'1'", "true", "b'0'", "false"),
            Case.of("bit(12)", ColumnType.UINT64, "b'100000000001'", "2049", "b'0'", "0"),
            Case.of("bit(64)", ColumnType.UINT64, "0xffffffffffffffff", "18446744073709551615", "b'1'", "1"),
            Case.of("year", ColumnType.INT32, "2155", "2155", "0", "0"),
            Case.of("date", ColumnType.DATE, "'2026-11-21'", "2026-11-21", "'0000-00-00'", "0000-00-00"),
            Case.of("time", ColumnType.TIME, "'-838:59:59'", "-838:59:59", "'25:00:01'", "25:00:01"),
            Case.of("time(3)", ColumnType.TIME, "'-00:00:00.5'", "-00:00:00.500", "'10:11:12.123'", "10:11:12.123"),
            Case.of("time(6)", ColumnType.TIME, "'-10:11:12.000001'", "-10:11:12.000001", "0", "00:00:00.000000"),
            Case.of(
                    "datetime",
                    ColumnType.LOCAL_DATE_TIME,
                    "'9999-12-31 23:59:59'",
                    "9999-12-31T23:59:59",
                    "'0000-00-00'",
                    "0000-00-00T00:00:00"),
            Case.of(
                    "datetime(1)",
                    ColumnType.LOCAL_DATE_TIME,
                    "'2026-11-21 10:00:00.5'",
                    "2026-11-21T10:00:00.5",
                    "'2026-00-00'",
                    "2026-00-00T00:00:00.0"),
            Case.of(
                    "datetime(6)",
                    ColumnType.LOCAL_DATE_TIME,
                    "'2026-11-21 10:00:00.123456'",
                    "2026-11-21T10:00:00.123456",
                    "'1000-01-01'",
                    "1000-01-01T00:00:00.000000"),
            Case.of(
                    "timestamp",
                    ColumnType.INSTANT,
                    "'2026-11-21 10:00:00'",
                    "2026-11-21T08:00:00Z",
                    "'0000-00-00'",
                    "1970-01-01T00:00:00Z"),
            Case.of(
                    "timestamp(6)",
                    ColumnType.INSTANT,
                    "'2026-11-21 10:00:00.123456'",
                    "2026-11-21T08:00:00.123456Z",
                    "'2038-01-19 05:14:07.999999'",
                    "2038-01-19T03:14:07.999999Z"),
            Case.of("char(10)", ColumnType.TEXT, "'ä  '", "ä", "''", ""),
            Case.of("char(255) character set utf8mb4", ColumnType.TEXT, "'😀'", "😀", "'x'", "x"),
            Case.of("varchar(20) character set latin1", ColumnType.TEXT, "'ä€ '", "ä€ ", "''", ""),
            Case.of("varchar(20) character set utf16", ColumnType.TEXT, "'ä😀'", "ä😀", "''", ""),
            Case.of("varchar(20) character set cp1251", ColumnType.TEXT, "'Привет'", "Привет", "''", ""),
            Case.of("varchar(20) character set sjis", ColumnType.TEXT, "'日本'", "日本", "''", ""),
            Case.of("varchar(300) collate utf8mb4_bin", ColumnType.TEXT, "repeat('ü',300)", "ü".repeat(300), "''", ""),
            Case.of("tinytext", ColumnType.TEXT, "'t'", "t", "''", ""),
            Case.of("text character set latin2", ColumnType.TEXT, "'ł'", "ł", "'x'", "x"),
            Case.of("mediumtext", ColumnType.TEXT, "'tt'", "tt", "'x'", "x"),
            Case.of("longtext", ColumnType.TEXT, "'ttt'", "ttt", "'x'", "x"),
            Case.of("binary(4)", ColumnType.BYTES, "x'01000000'", "01000000", "x'00'", "00000000"),
            Case.of("varbinary(10)", ColumnType.BYTES, "x'0100'", "0100", "x'20'", "20"),
            Case.of("tinyblob", ColumnType.BYTES, "x'00'", "00", "x'ff'", "ff"),
            Case.of("blob", ColumnType.BYTES, "x'0001'", "0001", "''", ""),
            Case.of("mediumblob", ColumnType.BYTES, "x'01'", "01", "''", ""),
            Case.of("longblob", ColumnType.BYTES, "x'02'", "02", "''", ""),
            Case.of("enum('a','it''s','','ü')", ColumnType.ENUM, "'it''s'", "it's", "4", "ü"),
            Case.of("enum('a')", ColumnType.ENUM, "0", "", "1", "a"),
            Case.of("set('x','y','ü')", ColumnType.SET, "'x,ü'", "x,ü", "''", ""),
            Case.of("json", ColumnType.JSON, "'{\"a\": [1, null]}'", "{\"a\": [1, null]}", "'null'", "null"),
            Case.of(
                    "uuid",
                    ColumnType.UUID,
                    "'123e4567-e89b-12d3-a456-426614174000'",
                    "123e4567-e89b-12d3-a456-426614174000",
                    "'01890a5d-ac96-774b-bcce-b302099a8057'",
                    "01890a5d-ac96-774b-bcce-b302099a8057"),
            Case.of(
                    "uuid not null",
                    ColumnType.UUID,
                    "'c56a4180-65aa-42ec-a945-5fd21dec0500'",
                    "c56a4180-65aa-42ec-a945-5fd21dec0500",
                    "'00000000-0000-0000-0000-000000000000'",
                    "00000000-0000-0000-0000-000000000000"),
            Case.of("inet6", ColumnType.TEXT, "'2001:db8::ff00:42:8329'", "2001:db8::ff00:42:8329", "'::'", "::"),
            Case.of("inet6 not null", ColumnType.TEXT, "'::ffff:192.0.2.1'", "::ffff:192.0.2.1", "'fe80::'", "fe80::"),
            Case.of("inet4", ColumnType.TEXT, "'192.0.2.0'", "192.0.2.0", "'0.0.0.0'", "0.0.0.0"),
            Case.of(
                    "point",
                    ColumnType.BYTES,
                    "point(1,2)",
                    "000000000101000000000000000000f03f0000000000000040",
                    "point(0,0)",
                    "000000000101000000" + "00".repeat(16)));

    private final TableMessages messages = new TableMessages();

    private static String column(int index) {
        return "c%02d".formatted(index);
    }

    private static String row(int id, int value) {
        return "insert into types.t values (" + id + ", "
                + CASES.stream().map(one -> one.values().get(2 * value)).collect(Collectors.joining(", ")) + ")";
    }

    private static Map<String, String> told(int id, int value) {
        Map<String, String> told = new TreeMap<>();
        told.put("id", String.valueOf(id));
        for (int i = 0; i < CASES.size(); i++) {
            told.put(column(i), CASES.get(i).values().get(2 * value + 1));
        }
        return told;
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_LOG", "FULL"})
    void everyTypeIsToldWholeByTheLogAndByASnapshot(String metadata) throws Exception {
        try (MariaDbServer server =
                MariaDbServer.start("--default-time-zone=+02:00", "--binlog-row-metadata=" + metadata, "--sql-mode=")) {
            server.execute("create database types character set utf8mb4", create());
            MariaDbSource source = new MariaDbSource(
                    new MariaDbSettings(
                            server.url() + "?sessionVariables=sql_mode=''",
                            MariaDbServer.USER,
                            MariaDbServer.PASSWORD,
                            List.of("types.t"),
                            4711,
                            0),
                    messages);
            SourceTable table = source.tables().get(0);
            assertThat(table.columns().stream().skip(1).map(Column::type))
                    .isEqualTo(CASES.stream().map(Case::type).toList());
            Position from = source.now();
            try (var connection = server.connect();
                    var statement = connection.createStatement()) {
                statement.execute("set sql_mode='', time_zone='+02:00'");
                statement.execute(row(1, 0));
                statement.execute(row(2, 1));
            }

            SnapshotRows rows = new SnapshotRows(messages);
            Position at = source.snapshot(source.tables(), rows);
            List<RowChange> changes = read(source, from, at);

            assertThat(messages.values(table, changes.get(0).after())).isEqualTo(told(1, 0));
            assertThat(messages.values(table, changes.get(1).after())).isEqualTo(told(2, 1));
            assertThat(changes.get(0).table()).isEqualTo(table);
            for (RowChange change : changes) {
                assertThat(rows.all()).anySatisfy(read -> {
                    assertThat(read.key()).isEqualTo(change.key());
                    assertThat(messages.values(table, read.after())).isEqualTo(messages.values(table, change.after()));
                    assertThat(read.after()).isEqualTo(change.after());
                });
            }
        }
    }

    private static List<RowChange> read(MariaDbSource source, Position from, Position to) throws Exception {
        Recorder recorder = new Recorder(from);
        List<Throwable> failures = new ArrayList<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        source.stream(from, recorder);
                    } catch (Exception e) {
                        failures.add(e);
                    }
                },
                "stream");
        thread.start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> !thread.isAlive() || recorder.reached().compareTo(to) >= 0);
        source.close();
        thread.join();
        assertThat(failures).isEmpty();
        return recorder.changes();
    }

    private static String create() {
        StringBuilder text = new StringBuilder("create table types.t (id int primary key");
        for (int i = 0; i < CASES.size(); i++) {
            String declared = CASES.get(i).declared();
            text.append(", ").append(column(i)).append(' ').append(declared);
            text.append(declared.startsWith("timestamp") ? " null" : "");
        }
        return text.append(')').toString();
    }

    @Test
    void aTypeThatIsNotKnownHasNone() {
        assertThat(ColumnTypes.of("multidimensional", false, 0)).isNull();
    }
}
