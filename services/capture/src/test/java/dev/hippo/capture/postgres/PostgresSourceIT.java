// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a source of a real PostgreSQL tells. */
class PostgresSourceIT extends RunningPostgres {
    @Test
    void everyTypeIsToldTheSameByTheSnapshotAndByTheLog() throws Exception {
        execute(
                "create extension if not exists citext",
                "create type mood as enum ('sad', 'ok')",
                "create domain age as int check (value > 0)",
                "create domain names as text[]",
                """
                create table types (id int primary key, bo bool, i2 int2, i8 int8, oi oid, f4 float4, f8 float8, nu numeric, nu2 numeric(10,2), te text,
                  vc varchar(10), ch char(5), na name, ci citext, by bytea, ts timestamp, tz timestamptz, da date, ti time, tt timetz, iv interval, js json,
                  jb jsonb, uu uuid, mo mood, ag age, ns names, ia int[], ta text[], ma mood[], ra int4range, po point, ip inet, ma2 macaddr, bi bit(3),
                  xm xml, tv tsvector, bx box[], ge int generated always as (id * 2) stored)""");
        String row = """
                true, -5, 9223372036854775807, 4294967295, 0.1, 1e-300, 'NaN', 12.30, E'tab\\t back\\\\ line\\n ü', 'v', 'c', 'n', 'Ci', '\\x00ff',
                  '2026-11-21 10:00:00.123456', '2026-11-21 10:00:00.5+05:45', '2026-11-21', '24:00:00', '10:00:00+02', '1 year 2 mons -3 days 04:05:06.7',
                  '{"a": 1}', '{"b":[1]}', '00000000-0000-0000-0000-000000000001', 'ok', 7, '{x,y}', '{1,-2}', '{"a b",""}', '{ok,sad}', '[1,5)', '(1,2)',
                  '10.0.0.1/8', '08:00:2b:01:02:03', '101', '<a/>', 'a b', '{(1,1),(0,0);(2,2),(0,0)}'""";
        execute("insert into types values (1, " + row + ")");
        PostgresSource source = source("public.*");
        List<SourceTable> tables = source.tables();
        Position at = source.snapshot(tables, recorder);
        CompletableFuture<Void> stream = stream(source, at);
        execute("insert into types values (2, " + row + ")", "insert into types values (3)");
        awaitChanges(stream, 3);
        assertThat(recorder.changes)
                .extracting(RowChange::op)
                .containsExactly(RowChange.Op.READ, RowChange.Op.CREATE, RowChange.Op.CREATE);
        assertThat(recorder.changes)
                .allSatisfy(change -> assertThat(change.table()).isEqualTo(tables.get(0)));
        String told = contracts.text(tables.get(0), recorder.changes.get(0).after());
        assertThat(told)
                .isEqualTo(
                        "id=1 bo=true i2=-5 i8=9223372036854775807 oi=-1 f4=0.1 f8=1.0E-300 nu=NaN nu2=12.30 te=tab\t back\\ line\n ü vc=v ch=c     na=n ci=Ci"
                                + " by=00ff ts=2026-11-21T10:00:00.123456 tz=2026-11-21T04:15:00.500Z da=2026-11-21 ti=24:00:00 tt=10:00:00+02:00 iv=P1Y2M-3DT4H5M6.7S"
                                + " js={\"a\": 1} jb={\"b\": [1]} uu=00000000-0000-0000-0000-000000000001 mo=ok ag=7 ns=[x, y] ia=[1, -2] ta=[a b, ] ma=[ok, sad] ra=[1,5)"
                                + " po=(1,2) ip=10.0.0.1/8 ma2=08:00:2b:01:02:03 bi=101 xm=<a/> tv='a' 'b' bx=[(1,1),(0,0), (2,2),(0,0)]");
        assertThat(contracts.text(tables.get(0), recorder.changes.get(1).after()))
                .isEqualTo(told.replace("id=1", "id=2"));
        assertThat(recorder.told).contains("CREATE types [id=3] is id=3");
    }

    @Test
    void aSnapshotGoesOnInTheStreamWithNoGapAndNoDouble() throws Exception {
        execute(
                "create table counts (id int primary key, n int)",
                "insert into counts select i, 0 from generate_series(1, 1000) i");
        PostgresSource source = source("public.counts");
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int id = 1000;
            try (Connection own = postgres.getPostgresDatabase().getConnection();
                    Statement statement = own.createStatement()) {
                while (!enough.get()) {
                    statement.execute("insert into counts values (" + ++id + ", 0)");
                }
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
            return id;
        });
        Position at = source.snapshot(source.tables(), recorder);
        int before = recorder.changes.size();
        CompletableFuture<Void> stream = stream(source, at);
        awaitChanges(stream, before + 50);
        enough.set(true);
        int last = writer.join();
        awaitChanges(stream, last);
        assertThat(before).isGreaterThanOrEqualTo(1000);
        assertThat(recorder.changes.stream()
                        .map(change -> contracts.text(change.table(), change.key()))
                        .toList())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, last).mapToObj(i -> "id=" + i).toList());
        assertThat(recorder.told).startsWith("snapshot", "table public.counts").contains("end");
    }

    @Test
    void whoeverChangesATableDoesNotWaitForASnapshotThatWaitsForTransactions() throws Exception {
        execute("create table a (id int primary key)", "create table other (id int)", "insert into a values (1)");
        PostgresSource source = source("public.a");
        List<SourceTable> tables = source.tables();
        CompletableFuture<Position> at;
        try (Connection second = postgres.getPostgresDatabase().getConnection();
                Statement statement = second.createStatement()) {
            second.setAutoCommit(false);
            statement.execute("insert into other values (1)");
            at = CompletableFuture.supplyAsync(() -> {
                try {
                    return source.snapshot(tables, recorder);
                } catch (SourceFailure | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> read("select count(*) from pg_replication_slots where active")
                            .equals("1"));
            execute(
                    "set lock_timeout = '30s'",
                    "alter table a add v text",
                    "truncate a",
                    "insert into a values (2, 'x')");
            second.commit();
        }
        at.join();
        assertThat(recorder.told)
                .filteredOn(words -> words.startsWith("READ"))
                .singleElement()
                .asString()
                .contains("id=2 v=x");
    }

    @Test
    void transactionsOverTwoTablesAreWholeAndInOrder() throws Exception {
        execute(
                "create table a (id int primary key, v text)",
                "create table b (id int primary key, v text)",
                "create table other (id int primary key)");
        PostgresSource source = source("public.a", "public.b");
        CompletableFuture<Void> stream = stream(source, source.now());
        try (Connection second = postgres.getPostgresDatabase().getConnection();
                Statement statement = second.createStatement()) {
            second.setAutoCommit(false);
            statement.execute("insert into a values (1, 'first written, last committed')");
            execute("insert into other values (1)");
            execute(
                    "begin; insert into b values (1, 'x'); insert into a values (2, 'x'); update b set v = 'y'; commit");
            statement.execute("delete from b");
            second.commit();
        }
        awaitChanges(stream, 5);
        assertThat(recorder.told)
                .containsExactly(
                        "begin",
                        "CREATE b [id=1] is id=1 v=x",
                        "CREATE a [id=2] is id=2 v=x",
                        "UPDATE b [id=1] is id=1 v=y",
                        "commit",
                        "begin",
                        "CREATE a [id=1] is id=1 v=first written, last committed",
                        "DELETE b [id=1] was id=1",
                        "commit");
        assertThat(recorder.commits).isSorted();
    }

    @Test
    void keysChangesTruncatesAndColumnsAreToldAsTheyWere() throws Exception {
        execute(
                "create table \"odd.\"\"näme\"\"\" (id int)",
                "alter table \"odd.\"\"näme\"\"\" replica identity full",
                "create table k (id int primary key, v text)",
                "create table u (code text not null, id int primary key, v text)",
                "create unique index u_code on u (code)",
                "alter table u replica identity using index u_code");
        PostgresSource source = source("public.\"odd.\"\"näme\"\"\"", "public.k", "public.u");
        CompletableFuture<Void> stream = stream(source, source.now());
        execute(
                "insert into \"odd.\"\"näme\"\"\" values (1)",
                "update \"odd.\"\"näme\"\"\" set id = 2",
                "insert into k values (1, 'a')",
                "update k set id = 2",
                "alter table k add column w int default 5",
                "insert into k values (3, 'b', 6)",
                "alter table k drop column v",
                "insert into k values (4, 7)",
                "insert into u values ('x', 1, 'v')",
                "update u set code = 'y'",
                "delete from u",
                "truncate k, u");
        awaitChanges(stream, 13);
        assertThat(recorder.told)
                .filteredOn(words -> !words.equals("begin") && !words.equals("commit"))
                .containsExactly(
                        "CREATE odd.\"näme\" is id=1",
                        "UPDATE odd.\"näme\" was id=1 is id=2",
                        "CREATE k [id=1] is id=1 v=a",
                        "DELETE k [id=1] was id=1",
                        "CREATE k [id=2] is id=2 v=a",
                        "CREATE k [id=3] is id=3 v=b w=6",
                        "CREATE k [id=4] is id=4 w=7",
                        "CREATE u [code=x] is code=x id=1 v=v",
                        "DELETE u [code=x] was code=x",
                        "CREATE u [code=y] is code=y id=1 v=v",
                        "DELETE u [code=y] was code=y",
                        "TRUNCATE k",
                        "TRUNCATE u");
    }

    @Test
    void largeValuesAreToldOnceAndNamedWhenTheyDidNotChange() throws Exception {
        execute(
                "create table big (id int primary key, n int, large text)",
                "alter table big alter large set storage external",
                "create table whole (id int primary key, n int, large text)",
                "alter table whole alter large set storage external",
                "alter table whole replica identity full");
        PostgresSource source = source("public.big", "public.whole");
        CompletableFuture<Void> stream = stream(source, source.now());
        for (String table : List.of("big", "whole")) {
            execute("insert into " + table + " values (1, 1, repeat('x', 1000000))", "update " + table + " set n = 2");
        }
        awaitChanges(stream, 4);
        String large = "x".repeat(1_000_000);
        assertThat(recorder.told)
                .filteredOn(words -> !words.equals("begin") && !words.equals("commit"))
                .containsExactly(
                        "CREATE big [id=1] is id=1 n=1 large=" + large,
                        "UPDATE big [id=1] is id=1 n=2 large=" + large + " unchanged [large]",
                        "CREATE whole [id=1] is id=1 n=1 large=" + large,
                        "UPDATE whole [id=1] was id=1 n=1 large=" + large + " is id=1 n=2 large=" + large);
    }

    @Test
    void aStreamGoesOnBehindAPositionAndTheServerForgetsWhatIsStoredAlone() throws Exception {
        execute("create table t (id int primary key)", "create table other (id int primary key)");
        PostgresSource first = source("public.t");
        CompletableFuture<Void> stream = stream(first, first.now());
        String confirmed = read("select confirmed_flush_lsn from pg_replication_slots");
        for (int i = 1; i <= 5; i++) {
            execute("insert into t values (" + i + ")");
        }
        awaitChanges(stream, 5);
        await().until(() -> {
            execute("insert into other select coalesce(max(id), 0) + 1 from other");
            return recorder.reached.size() > 20;
        });
        assertThat(read("select confirmed_flush_lsn from pg_replication_slots")).isEqualTo(confirmed);
        stop(first);
        stream.join();
        recorder.changes.clear();

        Position third = recorder.commits.get(2);
        PostgresSource second = source("public.t");
        stream = stream(second, third);
        awaitChanges(stream, 2);
        assertThat(recorder.changes)
                .extracting(change -> contracts.text(change.table(), change.key()))
                .containsExactly("id=4", "id=5");
        Position fourth = recorder.commits.get(3);
        second.stored(fourth);
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            execute("insert into other select coalesce(max(id), 0) + 1 from other");
            return read("select confirmed_flush_lsn from pg_replication_slots")
                    .equals(second.describe(fourth).substring(4));
        });
        stop(second);
        stream.join();

        assertThat(failure(stream(source("public.t"), third)))
                .hasMessageContaining("was read by somebody up to")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.GONE);
    }

    @Test
    void aListThatGrewIsPublished() throws Exception {
        execute("create table a (id int primary key)", "create table b (id int primary key)");
        PostgresSource first = source("public.a");
        Position now = first.now();
        stop(first);
        PostgresSource second = source("public.a", "public.b");
        CompletableFuture<Void> stream = stream(second, now);
        await().until(() -> stream.isDone()
                || read("select string_agg(tablename, ' ' order by 1) from pg_publication_tables")
                        .equals("a b"));
        execute("insert into b values (1)");
        awaitChanges(stream, 1);
        assertThat(recorder.told).contains("CREATE b [id=1] is id=1");
    }

    @Test
    void partitionsAreToldAsTheirTable() throws Exception {
        execute(
                "create table p (id int primary key, v text) partition by range (id)",
                "create table p1 partition of p for values from (0) to (10)",
                "create table p2 partition of p for values from (10) to (20)",
                "insert into p values (1, 'a')");
        PostgresSource source = source("public.*");
        assertThat(source.tables()).extracting(SourceTable::fullName).containsExactly("public.p");
        CompletableFuture<Void> stream = stream(source, source.snapshot(source.tables(), recorder));
        execute("insert into p values (11, 'b')", "update p set v = 'c' where id = 1");
        awaitChanges(stream, 3);
        assertThat(recorder.told)
                .contains("READ p [id=1] is id=1 v=a", "CREATE p [id=11] is id=11 v=b", "UPDATE p [id=1] is id=1 v=c");
    }
}
