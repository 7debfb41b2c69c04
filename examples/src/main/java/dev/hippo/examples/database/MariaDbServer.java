// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A MariaDB of Debian's package mariadb-server-core, with a binary log of rows. Its data goes with it. */
public final class MariaDbServer implements AutoCloseable {
    public static final String USER = "hippo";
    public static final String PASSWORD = "loopback";

    private static final Path SERVER = Path.of("/usr/sbin/mariadbd");
    private static final Path SYSTEM_TABLES = Path.of("/usr/share/mysql");
    private static final Duration READY = Duration.ofMinutes(2);
    private static final long BETWEEN_LOOKS_MILLIS = 100;

    private final Path folder;
    private final int port;
    private final Process process;

    private MariaDbServer(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /**
     * Makes a new server; what an earlier one has left in the folder goes.
     *
     * @throws IOException if it does not start, with the reason
     */
    public static MariaDbServer start(Path place, int port) throws IOException, InterruptedException {
        if (!Files.isExecutable(SERVER)) {
            throw new IOException(
                    "there is no " + SERVER + "; install it (Debian: apt-get install mariadb-server-core)");
        }
        Path folder = place.toAbsolutePath();
        LeftServer.stop(folder.resolve("pid"), folder);
        Folders.delete(folder);
        Files.createDirectories(folder.resolve("data"));
        makeSystemTables(folder);
        Files.writeString(
                folder.resolve("init.sql"),
                "create user '" + USER + "'@'127.0.0.1' identified by '" + PASSWORD + "';\n" + "grant all on *.* to '"
                        + USER + "'@'127.0.0.1';\n");
        MariaDbServer server = new MariaDbServer(
                folder,
                port,
                run(
                        folder,
                        "server.log",
                        null,
                        "--socket=" + folder.resolve("socket"),
                        "--pid-file=" + folder.resolve("pid"),
                        "--init-file=" + folder.resolve("init.sql"),
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--skip-name-resolve",
                        "--server-id=1",
                        "--log-bin=binlog",
                        "--binlog-format=ROW",
                        "--binlog-row-metadata=FULL",
                        "--innodb-buffer-pool-size=64M",
                        "--performance-schema=OFF"));
        try {
            server.awaitReady();
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** The catalog of a new server, from the statements that come with it. */
    private static void makeSystemTables(Path folder) throws IOException, InterruptedException {
        Path statements = folder.resolve("system.sql");
        Files.writeString(statements, "create database mysql;\nuse mysql;\n");
        for (String file : List.of("mysql_system_tables.sql", "mysql_system_tables_data.sql")) {
            Files.write(statements, Files.readAllBytes(SYSTEM_TABLES.resolve(file)), StandardOpenOption.APPEND);
        }
        Process process = run(folder, "install.log", statements, "--bootstrap", "--skip-networking");
        if (!process.waitFor(READY.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        if (process.waitFor() != 0) {
            throw new IOException("MariaDB's system tables were not made; see " + folder.resolve("install.log"));
        }
    }

    private static Process run(Path folder, String log, @Nullable Path input, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                SERVER.toString(),
                "--no-defaults",
                "--datadir=" + folder.resolve("data"),
                "--innodb-log-file-size=8M",
                "--innodb-flush-method=nosync",
                "--max-allowed-packet=16M"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile());
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        return builder.start();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + READY.toNanos();
        while (System.nanoTime() - end < 0) {
            try {
                connect("").close();
                return;
            } catch (SQLException e) {
                if (process.waitFor(BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("MariaDB ended at its start; see " + folder.resolve("server.log"), e);
                }
            }
        }
        throw new IOException(
                "MariaDB was not ready within " + READY.toSeconds() + " s; see " + folder.resolve("server.log"));
    }

    /** As JDBC has it. */
    public String url(String schema) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + schema;
    }

    /** As a user who may do everything. */
    public Connection connect(String schema) throws SQLException {
        return DriverManager.getConnection(url(schema), USER, PASSWORD);
    }

    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(READY.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Folders.delete(folder);
    }
}
