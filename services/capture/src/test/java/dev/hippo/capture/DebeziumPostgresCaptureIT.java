// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.kit.HippoFailure;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The capture of PostgreSQL whose log Debezium reads. */
class DebeziumPostgresCaptureIT extends DebeziumReaderTests {
    private static CapturedPostgres database;

    @BeforeAll
    static void start() throws Exception {
        database = CapturedPostgres.start();
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
                "create extension if not exists citext",
                "create type mood as enum ('sad', 'ok')",
                "create domain age as int check (value > 0)",
                "create domain names as text[]",
                "create table " + types
                        + " (id int primary key, bo bool, i2 int2, i8 int8, oi oid, f4 float4, f8 float8, nu numeric, nu2 numeric(10,2), te text,"
                        + " vc varchar(10), ch char(5), na name, ci citext, by bytea, ts timestamp, tz timestamptz, da date, ti time, iv interval, js json,"
                        + " jb jsonb, uu uuid, mo mood, ag age, ns names, ia int[], ta text[], ma mood[], da2 date[], ta2 timestamp[], ra int4range, ip inet,"
                        + " ma2 macaddr, bi bit(3), b1 bit, xm xml, tv tsvector, bx box[], x8 xid8, ge int generated always as (id * 2) stored,"
                        + " po point, mn money, tt timetz)",
                "create table " + other + " (id int primary key, v text)",
                "alter table " + other + " alter v set storage external",
                "insert into " + other + " values (1, 'first')");
        String row =
                " true, -5, 9223372036854775807, 4294967295, 0.1, 1e-300, 'NaN', 12.30, E'tab\\t back\\\\ line\\n ü', 'v', 'c', 'n', 'Ci', '\\x00ff',"
                        + " '2026-11-21 10:00:00.123456', '2026-11-21 10:00:00.5+05:45', '2026-11-21', '24:00:00', '1 year 2 mons -3 days 04:05:06.7',"
                        + " '{\"a\": 1}', '{\"b\":[1]}', '00000000-0000-0000-0000-000000000001', 'ok', 7, '{x,y}', '{1,-2}', '{\"a b\",\"\",\"q\\\"\\\\\"}',"
                        + " '{ok,sad}', '{2026-01-02}', '{2026-01-02 03:04:05.06}', '[1,5)', '10.0.0.1/8', '08:00:2b:01:02:03', '101', '1', '<a/>', 'a b',"
                        + " '{(1,1),(0,0);(2,2),(0,0)}', '12345678901')";
        EqualReaders readers = EqualReaders.start(
                this, database.url(), "postgres", "", List.of(types, other), Set.of("po", "mn", "tt", "bx"));
        readers.awaitRows(1);
        execute("insert into " + types + " values (1," + row, "insert into " + types + " values (2)");
        execute(
                "update " + types
                        + " set ts = '0044-03-15 01:02:03 BC', da = '12345-01-02', nu = '-Infinity', iv = '0', ti = '00:00:00', f8 = 'Infinity',"
                        + " tz = '0001-01-01 00:00:00+00', ia = '{}' where id = 1",
                "update " + types + " set id = 20 where id = 2",
                "insert into " + other + " values (2, repeat('x', 100000))",
                "update " + other + " set id = 3 where id = 2",
                "alter table " + other + " add w int",
                "update " + other + " set w = 5 where id = 3",
                "alter table " + other + " replica identity full",
                "update " + other + " set w = 6 where id = 3",
                "delete from " + other + " where id = 3");
        transaction(
                "insert into " + types + " (id) values (30)",
                "insert into " + other + " (id) values (30), (31)",
                "delete from " + types + " where id = 30",
                "update " + other + " set v = null where id = 1");
        execute("truncate " + types + ", " + other, "insert into " + other + " (id) values (9)");
        List<String> told = readers.awaitEqual(20);
        assertThat(told).last().asString().contains("\"id\":9");
        assertThat(told)
                .anyMatch(words -> words.contains("unchanged [v]"))
                .anyMatch(words -> words.startsWith("TRUNCATE"));
    }

    @Test
    void aColumnThatDebeziumDoesNotTellAsItIsIsRefusedWhenTheContractHasIt() throws Exception {
        execute("alter table " + table + " drop column balance", "alter table " + table + " add column balance money");
        assertThatThrownBy(Running::new)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("column 'balance' of " + table + " is money")
                .hasMessageContaining("leave 'reader: debezium' away");
        assertThat(Check.findings(pipeline, pipeline.contracts())).containsOnlyKeys("bank-db");
    }

    @Test
    void ourOwnReaderGoesOnWhereDebeziumHasStoppedAndTheOtherWayRound() throws Exception {
        Running debezium = new Running();
        awaitEqual();
        execute("update " + table + " set balance = 1 where id < 50");
        awaitEqual();
        debezium.service.stop();
        execute("update " + table + " set balance = 2 where id < 30", "delete from " + table + " where id = 60");
        rewrite(reader(), ", reader: native");
        Running own = new Running();
        awaitEqual();
        own.service.stop();
        execute("update " + table + " set balance = 3 where id < 20", "delete from " + table + " where id = 61");
        rewrite(", reader: native", reader());
        new Running();
        awaitEqual();
        assertThat(records()).hasSize(100 + 49 + 29 + 1 + 19 + 1);
    }

    @Test
    void aLostSlotIsTold() throws Exception {
        Running first = new Running();
        awaitEqual();
        first.service.stop();
        database.forgetReaders();
        assertThat(failure())
                .hasMessageContaining("is not there any more")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.GONE);
    }
}
