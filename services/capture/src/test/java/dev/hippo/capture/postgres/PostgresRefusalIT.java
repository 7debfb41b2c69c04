// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a source of a real PostgreSQL says when it cannot go on. */
class PostgresRefusalIT extends RunningPostgres {
    @Test
    void aLostSlotIsTold() throws Exception {
        execute("create table t (id int primary key)");
        PostgresSource source = source("public.t");
        Position now = source.now();
        CompletableFuture<Void> stream = stream(source, now);
        execute("insert into t values (1)");
        awaitChanges(stream, 1);
        assertThat(failure(stream(source("public.t"), now)))
                .hasMessageContaining("is being read by the server's process")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.PASSING);
        stop(source);
        execute("select pg_drop_replication_slot('cap')");
        assertThat(failure(stream(source("public.t"), now)))
                .hasMessageContaining("is not there any more")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.GONE);
        execute("select pg_create_logical_replication_slot('cap', 'test_decoding')");
        assertThat(failure(stream(source("public.t"), now)))
                .hasMessageContaining("it is of test_decoding")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.SETTING);
    }

    @Test
    void aSlotWhoseLogTheServerRemovedIsTold() throws Exception {
        execute("create table t (id int primary key)");
        PostgresSource source = source("public.t");
        Position now = source.now();
        execute("alter system set max_slot_wal_keep_size = '1MB'", "select pg_reload_conf()");
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> {
                execute("select pg_logical_emit_message(false, 'x', 'y')", "select pg_switch_wal()", "checkpoint");
                return read("select wal_status from pg_replication_slots").equals("lost");
            });
        } finally {
            execute("alter system reset max_slot_wal_keep_size", "select pg_reload_conf()");
        }
        assertThat(failure(stream(source("public.t"), now)))
                .hasMessageContaining("wal_status is lost")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.GONE);
        PostgresSource again = source("public.t");
        CompletableFuture<Void> stream = stream(again, again.now());
        execute("insert into t values (1)");
        awaitChanges(stream, 1);
    }

    @Test
    void whatIsMissingIsNamedWithWhatToDo() throws Exception {
        execute(
                "create type pair as (a int, b int)",
                "create table c (id int primary key, p pair, ps pair[])",
                "create table nokey (id int)",
                "create unlogged table fast (id int primary key)",
                "create view v as select 1",
                "create table good (id int primary key)");
        assertThatThrownBy(() -> source("public.c", "public.nokey", "public.fast", "public.v", "public.none")
                        .tables())
                .hasMessageContaining("column 'p' of public.c is pair, which is composite")
                .hasMessageContaining("column 'ps' of public.c is pair[], which is a list of what is composite")
                .hasMessageContaining("ALTER TABLE \"public\".\"nokey\" REPLICA IDENTITY FULL")
                .hasMessageContaining("public.fast is unlogged")
                .hasMessageContaining("public.v is no table")
                .hasMessageContaining("no table 'public.none'");
        assertThatThrownBy(() -> sourceOf("reader", "public.good").now())
                .hasMessageContaining("CREATE PUBLICATION \"cap\" FOR TABLE ONLY \"public\".\"good\"");
        execute("create publication cap for table good");
        assertThatThrownBy(() -> sourceOf("reader", "public.good").now())
                .hasMessageContaining("ALTER ROLE \"reader\" REPLICATION");
        assertThatThrownBy(() -> sourceOf("reader", "public.good")
                        .snapshot(source("public.good").tables(), recorder))
                .hasMessageContaining("GRANT SELECT ON \"public\".\"good\" TO \"reader\"");
        execute("alter role reader replication");
        try {
            assertThat(sourceOf("reader", "public.good").now()).isNotNull();
        } finally {
            execute("alter role reader noreplication");
        }
    }

    @Test
    void aValueThatNoContractTellsStopsTheStreamBeforeIt() throws Exception {
        execute("create table m (id int primary key, at timestamptz, list int[])");
        PostgresSource source = source("public.m");
        CompletableFuture<Void> stream = stream(source, source.now());
        execute("insert into m values (1, now(), '{1}')", "insert into m values (2, 'infinity', null)");
        SourceFailure failure = failure(stream);
        assertThat(failure)
                .hasMessageContaining("Column 'at' of public.m where id is 2 has the moment 'infinity'")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.SETTING);
        assertThat(recorder.told.stream()
                        .filter(words -> words.equals("commit"))
                        .collect(Collectors.toList()))
                .hasSize(1);
    }
}
