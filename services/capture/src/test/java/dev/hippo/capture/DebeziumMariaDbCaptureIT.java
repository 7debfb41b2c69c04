// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.mariadb.MariaDbServer;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The capture of MariaDB whose log Debezium reads. */
class DebeziumMariaDbCaptureIT extends DebeziumReaderTests {
    private static CapturedMariaDb database;

    @BeforeAll
    static void start() throws Exception {
        database = CapturedMariaDb.start();
        use(database);
    }

    @AfterAll
    static void stop() throws Exception {
        database.stop();
    }

    @Override
    String reader() {
        return ", reader: debezium";
    }

    @Test
    void theEventsAreEqualToThoseOfOurOwnReader() throws Exception {
        String types = table + "types";
        String other = table + "other";
        execute(
                "create table " + types
                        + " (id int primary key, ti tinyint, t1 tinyint(1), tu tinyint unsigned, si smallint, su smallint unsigned zerofill, mi mediumint,"
                        + " mu mediumint unsigned, i int, iu int unsigned, bi bigint, bu bigint unsigned, f float, d double, de decimal(10,2), dl decimal(65,30),"
                        + " b1 bit(1), b12 bit(12), b64 bit(64), ye year, da date, tm time, tm3 time(3), tm6 time(6), dt datetime, dt1 datetime(1), dt6 datetime(6),"
                        + " ts timestamp null, ts6 timestamp(6) null, ch char(10), vl varchar(20) character set latin1, vu varchar(20) character set utf16,"
                        + " vs varchar(20) character set sjis, tt tinytext, lt longtext, bn binary(4), vb varbinary(10), bl blob,"
                        + " en enum('a','it''s','','ü'), se set('x','y','z'), js json, uu uuid, po point)",
                "create table " + other + " (id int primary key, v mediumtext)",
                "insert into " + other + " values (1, 'first')");
        String row =
                " -128, 2, 255, -32768, 7, -8388608, 16777215, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615, 0.1,"
                        + " -1.7976931348623157e308, -12345678.90, 123456789012345.123456789012345678901234567890, b'1', b'100000000001', 0xfffffffffffffffe, 2155,"
                        + " '2026-11-21', '-838:59:59', '-00:00:00.5', '10:11:12.000001', '9999-12-31 23:59:59', '2026-11-21 10:00:00.5',"
                        + " '2026-11-21 10:00:00.123456', '2026-11-21 10:00:00', '2026-11-21 10:00:00.123456', 'ä', 'ä€ ', 'ä😀', '日本', 't', 'tt',"
                        + " x'01000000', x'0100', x'0001', 'it''s', 'x,z', '{\"a\": [1, null]}', '123e4567-e89b-12d3-a456-426614174000', point(1, 2))";
        execute("insert into " + types + " values (0," + row);
        EqualReaders readers = EqualReaders.start(
                this,
                database.url(),
                MariaDbServer.USER,
                MariaDbServer.PASSWORD,
                List.of(types, other),
                Set.of("uu", "ts", "ts6"));
        readers.awaitRows(2);
        execute(
                "insert into " + types + " values (1," + row,
                "insert into " + types + " (id) values (2)",
                "update " + types
                        + " set ye = 0, tm = '25:00:01', ts = '2038-01-19 03:14:07', en = '', de = 0.05 where id = 1",
                "update " + types + " set id = 20 where id = 2",
                "insert into " + other + " values (2, repeat('x', 100000))",
                "update " + other + " set id = 3 where id = 2",
                "alter table " + other + " add w int",
                "update " + other + " set w = 5 where id = 3",
                "delete from " + other + " where id = 3");
        transaction(
                "insert into " + types + " (id) values (30)",
                "insert into " + other + " (id) values (30), (31)",
                "delete from " + types + " where id = 30",
                "update " + other + " set v = null where id = 1");
        execute("truncate table " + types, "truncate table " + other, "insert into " + other + " (id) values (9)");
        List<String> told = readers.awaitEqual(20);
        assertThat(told).last().asString().contains("\"id\":9");
    }

    @Test
    void aPurgedLogIsTold() throws Exception {
        Running first = new Running();
        awaitEqual();
        execute("update " + table + " set balance = 3");
        awaitEqual();
        first.service.stop();
        database.purgeLog();
        assertThat(failure())
                .hasMessageContaining("is gone")
                .hasMessageContaining("snapshot")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.GONE);
    }
}
