// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.postgres.PostgresSettings;
import dev.hippo.capture.postgres.PostgresSource;
import dev.hippo.capture.source.ChangeSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Of PostgreSQL. */
final class PostgresOrders implements ChangedOrders {
    private final EmbeddedPostgres postgres;

    private PostgresOrders(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static PostgresOrders start() throws Exception {
        PostgresOrders orders = new PostgresOrders(EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_wal_size", "4GB")
                .start());
        Orders.create(orders.url());
        return orders;
    }

    private String url() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
    }

    @Override
    public String server() {
        return "PostgreSQL 14";
    }

    @Override
    public String source() {
        return "url: '" + url() + "', user: postgres, tables: [public.orders]";
    }

    @Override
    public Map<String, String> connector() {
        return Map.of(
                "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
                "database.hostname", "127.0.0.1",
                "database.port", Integer.toString(postgres.getPort()),
                "database.user", "postgres",
                "database.password", "none",
                "database.dbname", "postgres",
                "plugin.name", "pgoutput",
                "slot.name", "engine",
                "publication.name", "bare",
                "table.include.list", "public.orders");
    }

    @Override
    public ChangeSource open(Contracts contracts) {
        return new PostgresSource(
                new PostgresSettings(url(), "postgres", "", "nobody", "nobody", List.of("public.orders"), 0),
                contracts,
                InstantSource.system());
    }

    @Override
    public String bareLoop() {
        return "bare PGReplicationStream, nothing decoded";
    }

    @Override
    public void load(int before, int changes) throws Exception {
        Orders.load(url(), before, changes);
    }

    @Override
    public void single(int number) throws Exception {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into orders (id) values (" + -number + ")");
        }
    }

    @Override
    public Cost readBare(int changes) throws Exception {
        return Orders.readBare(url(), changes);
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
