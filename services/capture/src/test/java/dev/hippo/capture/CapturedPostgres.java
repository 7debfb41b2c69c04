// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;

/** A PostgreSQL whose log can be read. */
final class CapturedPostgres implements CapturedDatabase {
    private final EmbeddedPostgres postgres;
    private final Connection connection;

    private CapturedPostgres(EmbeddedPostgres postgres, Connection connection) {
        this.postgres = postgres;
        this.connection = connection;
    }

    static CapturedPostgres start() throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .start();
        CapturedPostgres started =
                new CapturedPostgres(postgres, postgres.getPostgresDatabase().getConnection());
        started.execute("alter role postgres set synchronous_commit=on");
        return started;
    }

    private void execute(String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public String access() {
        return "url: '" + url() + "', user: postgres";
    }

    @Override
    public String schema() {
        return "public";
    }

    @Override
    public String quoted(String odd) {
        return '"' + odd + '"';
    }

    @Override
    public String declaredNumeric() {
        return "numeric(12,2)";
    }

    @Override
    public String longText() {
        return "text";
    }

    @Override
    public String series(int first, int last) {
        return "i, 'bulk', 1 from generate_series(" + first + ", " + last + ") i";
    }

    @Override
    public void tellBefore(String table) throws Exception {
        execute("alter table " + table + " replica identity full");
    }

    @Override
    public void forgetReaders() throws Exception {
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet active = statement.executeQuery("select 1 from pg_replication_slots where active")) {
                return !active.next();
            }
        });
        execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
    }

    @Override
    public void stop() throws Exception {
        connection.close();
        postgres.close();
    }
}
