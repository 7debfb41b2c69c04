// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads of the databases of a pipeline. */
class SourceTablesTest {
    @Test
    void bytesAndSecondsAreSaidShortly() {
        assertThat(SourceTables.bytes(LongNode.valueOf(0))).isEqualTo("0");
        assertThat(SourceTables.bytes(LongNode.valueOf(17))).isEqualTo("17 B");
        assertThat(SourceTables.bytes(LongNode.valueOf(3_355_443))).isEqualTo("3.2 MiB");
        assertThat(SourceTables.bytes(LongNode.valueOf(Long.MAX_VALUE))).isEqualTo("8.0 EiB");
        assertThat(SourceTables.bytes(MissingNode.getInstance())).isEqualTo("-");
        assertThat(SourceTables.seconds(DoubleNode.valueOf(0))).isEqualTo("0 s");
        assertThat(SourceTables.seconds(DoubleNode.valueOf(0.25))).isEqualTo("0.3 s");
        assertThat(SourceTables.seconds(DoubleNode.valueOf(59.9))).isEqualTo("1m00s");
        assertThat(SourceTables.seconds(DoubleNode.valueOf(185))).isEqualTo("3m05s");
        assertThat(SourceTables.seconds(DoubleNode.valueOf(7_800))).isEqualTo("2h10m");
    }

    @Test
    void anAddressIsToldWithoutWhatMayBeSecret() {
        assertThat(SourcesCommand.database("jdbc:postgresql://h:5432/bank?password=x@y"))
                .isEqualTo("postgresql://h:5432/bank");
        assertThat(SourcesCommand.database("jdbc:mariadb://me:secret@h/")).isEqualTo("mariadb://h/");
        assertThat(SourcesCommand.database("jdbc:postgresql:bank")).isEqualTo("postgresql:bank");
    }

    @Test
    void sourcesAndDestinationsAreTwoTablesAndWhatIsWaitedForComesBehind() throws Exception {
        List<String> lines = SourceTables.lines(new ObjectMapper().readTree("""
                {"sources": [
                  {"name": "bank-db", "database": "postgresql://h/bank", "state": "running",
                   "tables": {"public.accounts": "accounts", "public.transfers": "transfers"}, "position": "LSN 0/1",
                   "rate": 1203.4, "behindBytes": 2048, "behindSeconds": 0.1, "retainedBytes": 4096},
                  {"name": "crm-db", "database": "mariadb://h/", "state": "waiting", "waitsFor": "no connection",
                   "tables": {"a.a": "a", "a.b": "b", "a.c": "c", "a.d": "d"}, "position": ""}],
                 "destinations": [
                  {"name": "copy", "database": "mariadb://h/", "state": "sleep", "topics": {"accounts": "copies.accounts"},
                   "lag": 3, "lagSeconds": 0.4},
                  {"name": "books", "database": "mariadb://h/", "state": "sleep", "topics": {"changes": {"public.a": "books.a", "public.t": "books.t"}}}]}"""));
        assertThat(lines.get(0).split(" {2,}", -1))
                .containsExactly(
                        "SOURCE",
                        "DATABASE",
                        "STATE",
                        "TABLES",
                        "POSITION",
                        "BEHIND",
                        "LAG",
                        "KEPT",
                        "CHANGES/S",
                        "LAST CHANGE");
        assertThat(lines.get(2).split(" {2,}", -1))
                .containsExactly(
                        "bank-db",
                        "postgresql://h/bank",
                        "running",
                        "public.accounts, public.transfers",
                        "LSN 0/1",
                        "2.0 KiB",
                        "0.1 s",
                        "4.0 KiB",
                        "1,203",
                        "-");
        assertThat(lines.get(3)).contains("crm-db", "waiting", "4 tables");
        assertThat(lines.get(5)).startsWith("DESTINATION");
        assertThat(lines.get(7).split(" {2,}", -1))
                .containsExactly("copy", "mariadb://h/", "sleep", "accounts", "copies.accounts", "3", "0.4 s", "-");
        assertThat(lines.get(8).split(" {2,}", -1))
                .containsExactly("books", "mariadb://h/", "sleep", "changes", "books.a, books.t", "-", "-", "-");
        assertThat(lines.get(9)).isEqualTo("crm-db waits: no connection");
    }
}
