// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import dev.hippo.examples.database.MariaDbServer;
import dev.hippo.examples.database.PostgresServer;
import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * The bank's databases, each new at its start: accounts and transfers in PostgreSQL, customers in MariaDB. All money is there from the beginning and stays, so
 * that the sum of all balances is always {@link #TOTAL}.
 */
public final class Databases implements AutoCloseable {
    /** The sum of all balances, at any time. */
    public static final String TOTAL = "1000000000.00";

    /** The account from which new ones get their first money, and which takes the last of those that are closed. */
    static final long VAULT = 1;

    static final int CUSTOMERS = 300;
    static final int ACCOUNTS = 500;

    private static final int POSTGRES_PORT = 25_432;
    private static final int MARIADB_PORT = 23_306;
    private static final String HOST = "127.0.0.1";

    private final PostgresServer postgres;
    private final MariaDbServer mariaDb;

    private Databases(PostgresServer postgres, MariaDbServer mariaDb) {
        this.postgres = postgres;
        this.mariaDb = mariaDb;
    }

    /** Starts both below a folder, on the ports that the pipeline file has by default, or on others if those are taken. */
    public static Databases start(Path folder) throws IOException, InterruptedException, SQLException {
        return start(folder, free(POSTGRES_PORT), free(MARIADB_PORT));
    }

    /** Starts both below a folder on ports of one's own. */
    public static Databases start(Path folder, int postgresPort, int mariaDbPort)
            throws IOException, InterruptedException, SQLException {
        PostgresServer postgres = PostgresServer.start(folder.resolve("postgres"), postgresPort);
        try {
            Databases databases = new Databases(postgres, MariaDbServer.start(folder.resolve("mariadb"), mariaDbPort));
            try {
                databases.fill();
                return databases;
            } catch (SQLException e) {
                databases.close();
                throw e;
            }
        } catch (IOException | InterruptedException e) {
            postgres.close();
            throw e;
        }
    }

    private static int free(int preferred) {
        return StablePort.isFree(HOST, preferred) ? preferred : StablePort.choose(HOST);
    }

    private void fill() throws SQLException {
        try (Connection connection = mariaDb.connect("")) {
            execute(
                    connection,
                    "create database copies character set utf8mb4",
                    "create database crm character set utf8mb4",
                    "create table crm.customers (id bigint primary key, name varchar(80) not null, city varchar(80) not null)",
                    "insert into crm.customers select seq, concat('Customer ', seq), elt(1 + seq % 3, 'Kathmandu', 'Zürich', 'Łódź')"
                            + " from crm.seq_1_to_"
                            + CUSTOMERS);
        }
        try (Connection connection = postgres.connect("postgres")) {
            execute(connection, "create database bank");
        }
        try (Connection connection = accounts()) {
            execute(
                    connection,
                    "create table accounts (id bigint primary key, customer bigint not null, balance numeric(14, 2) not null check (balance >= 0),"
                            + " opened_at timestamptz not null default clock_timestamp())",
                    "create table transfers (id bigint generated always as identity primary key, payer bigint not null, payee bigint not null,"
                            + " customer bigint not null, amount numeric(14, 2) not null,"
                            + " made_at timestamptz not null default clock_timestamp())",
                    "insert into accounts select i, 1 + i % " + CUSTOMERS + ", 1000 from generate_series(" + (VAULT + 1)
                            + ", " + (VAULT + ACCOUNTS) + ") i",
                    "insert into accounts select " + VAULT + ", 1, " + TOTAL + " - sum(balance) from accounts");
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** To PostgreSQL, where accounts and transfers are. */
    public Connection accounts() throws SQLException {
        return postgres.connect("bank");
    }

    /** To MariaDB, where customers are, and beside them the schema {@code copies}. */
    public Connection customers() throws SQLException {
        return mariaDb.connect("crm");
    }

    /** What the pipeline file asks the environment for. */
    public Map<String, String> environment() {
        return Map.of(
                "BANK_POSTGRES", postgres.url("bank"),
                "BANK_MARIADB", mariaDb.url(""),
                "BANK_MARIADB_PASSWORD", MariaDbServer.PASSWORD);
    }

    @Override
    public void close() throws IOException {
        try {
            mariaDb.close();
        } finally {
            postgres.close();
        }
    }
}
