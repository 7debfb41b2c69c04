// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A PostgreSQL that comes from Maven's repository and writes its log for logical decoding. Its data goes with it. */
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "postgres";

    private static final Duration READY = Duration.ofMinutes(2);

    private final EmbeddedPostgres server;
    private final int port;
    private final ProcessHandle process;

    private PostgresServer(EmbeddedPostgres server, int port, ProcessHandle process) {
        this.server = server;
        this.port = port;
        this.process = process;
    }

    /** Makes a new server; what an earlier one has left in the folder goes. */
    public static PostgresServer start(Path folder, int port) throws IOException, InterruptedException, SQLException {
        Path data = folder.resolve("data").toAbsolutePath();
        LeftServer.stop(data.resolve("postmaster.pid"), data);
        Folders.delete(folder);
        Files.createDirectories(folder);
        ProcessBuilder.Redirect log =
                ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile());
        EmbeddedPostgres started = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setPort(port)
                .setServerConfig("wal_level", "logical")
                .setPGStartupWait(READY)
                .setOutputRedirector(log)
                .setErrorRedirector(log)
                .start();
        String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
        PostgresServer server = new PostgresServer(
                started, port, ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            // the embedded server turns it off, and then changes are told a fifth of a second late
            statement.execute("alter role " + USER + " set synchronous_commit = on");
        } catch (SQLException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Of a database of the server. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** To a database of the server. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), USER, "");
    }

    @Override
    public void close() throws IOException {
        server.close();
        // at Ctrl-C it is told to stop while it is read, and waits for its reader longer than it is waited for
        process.destroyForcibly();
    }
}
