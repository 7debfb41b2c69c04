// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.flights;

import dev.hippo.examples.database.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * A PostgreSQL with the table {@code public.airports} of database {@code flights}, to be captured. Prints a JSON line when it is there, and stays until its standard input ends or it is told to
 * stop; then the server and its data are gone. {@code AirportsDatabase FOLDER PORT AIRPORTS.csv}
 */
public final class AirportsDatabase {
    private static final int BATCH = 500;

    private AirportsDatabase() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            System.err.println("AirportsDatabase FOLDER PORT AIRPORTS.csv");
            System.exit(2);
        }
        PostgresServer server = PostgresServer.start(Path.of(args[0]), Integer.parseInt(args[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "stop"));
        long rows = fill(server, args[2]);
        System.out.println(
                String.format(Locale.ROOT, "{\"airports\": %d, \"url\": \"%s\"}", rows, server.url("flights")));
        int read = 0;
        while (read >= 0) {
            read = System.in.read();
        }
        System.exit(0);
    }

    private static void close(PostgresServer server) {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("the database could not be stopped: " + e.getMessage());
        }
    }

    private static long fill(PostgresServer server, String file) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database flights");
        }
        long rows = 0;
        try (Connection reader = DriverManager.getConnection("jdbc:duckdb:");
                Connection writer = server.connect("flights")) {
            writer.setAutoCommit(false);
            try (Statement statement = writer.createStatement()) {
                statement.execute(
                        "create table airports (iata varchar(4) primary key, name text not null, city text not null,"
                                + " state text not null, country text not null, latitude double precision not null,"
                                + " longitude double precision not null, since timestamptz not null)");
            }
            try (Statement statement = reader.createStatement();
                    ResultSet row = statement.executeQuery(Airports.select(file));
                    PreparedStatement insert = writer.prepareStatement(
                            "insert into airports values (?, ?, ?, ?, ?, ?, ?, ?::text::timestamptz)")) {
                while (row.next()) {
                    for (int column = 1; column <= 8; column++) {
                        insert.setObject(column, row.getObject(column));
                    }
                    insert.addBatch();
                    rows++;
                    if (rows % BATCH == 0) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
            writer.commit();
        }
        return rows;
    }
}
