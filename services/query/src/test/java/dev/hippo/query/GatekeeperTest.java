// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatekeeperTest {
    private static Connection parser;

    private final Gatekeeper gatekeeper = new Gatekeeper(Set.of("flights", "delays"), Set.of("flights"));

    @BeforeAll
    static void open() throws Exception {
        parser = DriverManager.getConnection("jdbc:duckdb:");
    }

    @AfterAll
    static void close() throws Exception {
        parser.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select count(*) from flights",
                "SELECT * FROM Flights f JOIN delays d ON f.origin = d.airport",
                "with busy as (select origin, count(*) n from flights group by 1) select * from busy where n > 10",
                "with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select * from r",
                "select * from range(10)",
                "select unnest([1, 2, 3])",
                "select * from topics.flights",
                "select origin, (select max(hour) from delays) from flights",
                "select 1 union all select 2",
                "from flights select origin limit 3",
                "values (1), (2)",
            })
    void aSelectOverThePipelinesTablesAndTopicsIsAdmitted(String sql) throws Exception {
        assertThat(gatekeeper.admit(sql, parser)).isNotNull();
    }

    @Test
    void itTellsWhatAStatementReads() throws Exception {
        Gatekeeper.Sources sources =
                gatekeeper.admit("select * from FLIGHTS where origin in (select x.key from topics.flights x)", parser);
        assertThat(sources.tables()).containsExactly("flights");
        assertThat(sources.topics()).containsExactly("flights");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into flights values (1)",
                "update flights set origin = 'x'",
                "delete from flights",
                "drop table flights",
                "create table x as select 1",
                "create view v as select 1",
                "alter table flights add column x int",
                "truncate flights",
                "attach 'x.db'",
                "copy flights to 'x.csv'",
                "copy (select 1) to 'x.parquet'",
                "install httpfs",
                "load httpfs",
                "set memory_limit = '100GB'",
                "reset memory_limit",
                "pragma database_list",
                "call pragma_version()",
                "export database 'x'",
                "import database 'x'",
                "use memory",
                "checkpoint",
                "vacuum",
                "explain select 1; drop table flights",
                "select 1; select 2",
                "begin transaction",
                "prepare p as select 1",
                "execute p",
                "select * from read_csv('/etc/passwd')",
                "select * from read_parquet('x.parquet')",
                "select * from read_text('/etc/passwd')",
                "select * from read_json('x.json')",
                "select * from glob('/*')",
                "select * from '/etc/passwd'",
                "select * from 'x.parquet'",
                "select * from duckdb_settings()",
                "select * from duckdb_secrets()",
                "select * from pragma_database_list()",
                "select * from sniff_csv('/etc/passwd')",
                "select * from query('select 1')",
                "select * from query_table('flights')",
                "select getenv('HOME')",
                "select current_setting('memory_limit')",
                "select * from information_schema.tables",
                "select * from system.main.duckdb_tables",
                "select * from memory.main.flights",
                "select (select content from read_text('/etc/passwd'))",
                "select * from flights where origin in (select * from read_csv('/etc/passwd'))",
                "with f as (select * from read_csv('/etc/passwd')) select * from f",
                "describe flights",
                "summarize flights",
                "show tables",
                "",
                "selec 1",
            })
    void everythingElseIsRefused(String sql) {
        assertThatThrownBy(() -> gatekeeper.admit(sql, parser)).isInstanceOf(QueryFailure.class);
    }

    @Test
    void anUnknownTableIsToldWithTheNearestOne() {
        assertThatThrownBy(() -> gatekeeper.admit("select * from flihgts", parser))
                .hasMessage("there is no table 'flihgts'; did you mean 'flights'?");
    }

    @Test
    void aSyntaxErrorIsToldWithItsPlace() {
        assertThatThrownBy(() -> gatekeeper.admit("select *\nfrom flights wher x", parser))
                .isInstanceOf(QueryFailure.class)
                .hasMessageContaining("2:");
    }
}
