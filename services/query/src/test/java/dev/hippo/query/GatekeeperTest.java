// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatekeeperTest {
    private static Connection parser;

    private final Gatekeeper gatekeeper = new Gatekeeper(Set.of("flights", "delays"), Set.of("flights", "airports"));

    @BeforeAll
    static void open() throws SQLException {
        parser = DriverManager.getConnection("jdbc:duckdb:");
    }

    @AfterAll
    static void close() throws SQLException {
        parser.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO flights VALUES (1)",
                "UPDATE flights SET delay = 0",
                "DELETE FROM flights",
                "TRUNCATE flights",
                "DROP VIEW flights",
                "ALTER TABLE flights ADD COLUMN x INT",
                "CREATE TABLE t AS SELECT 1",
                "CREATE OR REPLACE VIEW flights AS SELECT 1",
                "CREATE MACRO f() AS 1",
                "CREATE SECRET s (TYPE s3)",
                "ATTACH '/tmp/x.db'",
                "DETACH memory",
                "USE memory",
                "COPY flights TO '/tmp/out.csv'",
                "COPY (SELECT 1) TO '/tmp/out.parquet'",
                "EXPORT DATABASE '/tmp/out'",
                "IMPORT DATABASE '/tmp/out'",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SET memory_limit='100GB'",
                "SET enable_external_access=true",
                "RESET memory_limit",
                "PRAGMA database_list",
                "CALL pragma_version()",
                "CHECKPOINT",
                "VACUUM",
                "BEGIN",
                "PREPARE p AS SELECT 1",
                "EXECUTE p",
                "EXPLAIN ANALYZE SELECT 1",
                "SHOW TABLES",
                "DESCRIBE flights",
                "SUMMARIZE flights",
                "SELECT 1; SELECT 2",
                "SELECT 1; DROP VIEW flights",
                "SELECT * FROM read_parquet('/etc/x.parquet')",
                "SELECT * FROM parquet_scan('/etc/x.parquet')",
                "SELECT * FROM read_csv('/etc/passwd')",
                "SELECT * FROM READ_CSV_AUTO('/etc/passwd')",
                "SELECT * FROM read_json('/etc/passwd')",
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM read_blob('/etc/passwd')",
                "SELECT * FROM main.read_text('/etc/passwd')",
                "SELECT * FROM glob('/*')",
                "SELECT * FROM sniff_csv('/etc/passwd')",
                "SELECT * FROM parquet_metadata('/etc/x.parquet')",
                "SELECT * FROM '/etc/passwd'",
                "SELECT * FROM '/tmp/x.parquet'",
                "SELECT * FROM 'http://127.0.0.1/x.csv'",
                "SELECT (SELECT content FROM read_text('/etc/passwd'))",
                "SELECT * FROM flights WHERE EXISTS (FROM read_text('/etc/passwd'))",
                "WITH x AS (FROM read_text('/etc/passwd')) SELECT * FROM x",
                "SELECT * FROM query('SELECT 1')",
                "SELECT * FROM query_table('flights')",
                "SELECT * FROM duckdb_settings()",
                "SELECT * FROM duckdb_settings",
                "SELECT * FROM pragma_database_list",
                "SELECT * FROM sqlite_master",
                "SELECT * FROM information_schema.tables",
                "SELECT * FROM pg_catalog.pg_class",
                "SELECT * FROM memory.main.flights",
                "SELECT getenv('HOME')",
                "SELECT main.getenv('HOME')",
                "SELECT current_setting('temp_directory')",
                "SELECT write_log('x')",
                "SELECT sleep_ms(100000)",
                "SELECT json_serialize_plan('SELECT * FROM read_csv(''/etc/passwd'')')",
                // a WITH elsewhere, or its own name, opens no door
                "WITH duckdb_settings AS (SELECT * FROM duckdb_settings) SELECT * FROM duckdb_settings",
                "SELECT * FROM duckdb_settings, (WITH duckdb_settings AS (SELECT 1) SELECT * FROM duckdb_settings)",
                "SELECT * FROM \"/etc/passwd\", (WITH \"/etc/passwd\" AS (SELECT 1) SELECT * FROM \"/etc/passwd\")",
                "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
                "SELECT * FROM topics.delays",
                "SELECT * FROM",
                "selec 1",
            })
    void refuses(String sql) {
        QueryFailure refusal = catchThrowableOfType(QueryFailure.class, () -> gatekeeper.admit(sql, parser));
        assertThat(refusal).as(sql).isNotNull();
        assertThat(refusal.getMessage()).isNotBlank();
        assertThat(refusal.status()).isBetween(400, 404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "SELECT 1;",
                "SELECT * FROM flights",
                "FROM Flights SELECT count(*)",
                "SELECT * FROM flights f JOIN delays d USING (airport) JOIN topics.airports a ON a.iata = f.airport",
                "SELECT * FROM range(10)",
                "SELECT unnest([1, 2, 3])",
                "SELECT * FROM generate_series(1, 10)",
                "VALUES (1, 2), (3, 4)",
                "SELECT 1 UNION ALL SELECT 2",
                "WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b",
                "WITH m AS MATERIALIZED (SELECT * FROM flights) SELECT * FROM m, m AS n",
                "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
                "SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) AS s, flights",
                "SELECT airport, avg(delay) OVER (PARTITION BY airport) FROM delays QUALIFY row_number() OVER () < 5",
                "SELECT 'DROP TABLE flights; read_text(''/etc/passwd'')'",
                "SELECT 1 -- ; DROP TABLE flights",
            })
    void admits(String sql) throws Exception {
        assertThat(gatekeeper.admit(sql, parser)).isNotNull();
    }

    @Test
    void tellsWhatAStatementReads() throws Exception {
        Gatekeeper.Sources sources =
                gatekeeper.admit("SELECT * FROM FLIGHTS, topics.Airports, (SELECT * FROM delays)", parser);
        assertThat(sources.tables()).containsExactlyInAnyOrder("flights", "delays");
        assertThat(sources.topics()).containsExactly("airports");
    }

    @Test
    void ofTopicsThatDifferInCaseAloneItIsTheOneThatIsWritten() throws Exception {
        Gatekeeper both = new Gatekeeper(Set.of(), Set.of("orders", "Orders", "ORDERS"));
        for (String name : Set.of("orders", "Orders", "ORDERS")) {
            assertThat(both.admit("SELECT * FROM topics." + name, parser).topics())
                    .containsExactly(name);
        }
    }

    @Test
    void aWithMayCarryTheNameOfTheTableThatItReads() throws Exception {
        assertThat(gatekeeper
                        .admit("WITH flights AS (SELECT * FROM flights LIMIT 5) SELECT * FROM flights", parser)
                        .tables())
                .containsExactly("flights");
    }

    @Test
    void namesTheNearestTable() {
        assertThat(catchThrowableOfType(QueryFailure.class, () -> gatekeeper.admit("SELECT * FROM fligths", parser)))
                .hasMessageContaining("flights");
    }

    @Test
    void tellsWhereTheSyntaxBreaks() {
        assertThat(catchThrowableOfType(
                        QueryFailure.class, () -> gatekeeper.admit("SELECT 1\nFROM flights WHEER 1", parser)))
                .hasMessageMatching("(?s)2:\\d+: .*");
    }
}
