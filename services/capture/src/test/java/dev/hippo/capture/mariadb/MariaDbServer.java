// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A MariaDB server of Debian's package {@code mariadb-server-core} for a test: on a free loopback port, with a folder of its own that goes with it. {@link #USER} may do everything.
 */
public final class MariaDbServer implements AutoCloseable {
    public static final String USER = "hippo";
    public static final String PASSWORD = "a 'secret'";

    private static final Path SERVER = Path.of("/usr/sbin/mariadbd");
    private static final Path TABLES = Path.of("/usr/share/mysql");
    private static final Duration READY = Duration.ofSeconds(60);

    private final Path folder;
    private final int port;
    private final List<String> options;
    private Process process;

    private MariaDbServer(Path folder, int port, List<String> options, Process process) {
        this.folder = folder;
        this.port = port;
        this.options = options;
        this.process = process;
    }

    /**
     * Makes a new server and starts it.
     *
     * @param options beyond those that a binary log by rows needs, or against them
     */
    public static MariaDbServer start(String... options) throws IOException, InterruptedException {
        if (!Files.isExecutable(SERVER)) {
            throw new IllegalStateException(
                    "there is no " + SERVER + "; ./verify installs it, or: apt-get install mariadb-server-core");
        }
        Path folder = Files.createTempDirectory("hippo-mariadb-");
        makeSystemTables(folder);
        Files.writeString(
                folder.resolve("init.sql"),
                "create user if not exists '" + USER + "'@'%' identified by 'a \\'secret\\'';\n"
                        + "grant all on *.* to '" + USER + "'@'%' with grant option;\n");
        int port = StablePort.choose("127.0.0.1");
        List<String> all = List.of(options);
        MariaDbServer server = new MariaDbServer(folder, port, all, launch(folder, port, all));
        server.awaitReady();
        return server;
    }

    /** What mariadb-install-db does, without the help texts and the tools that it needs. */
    private static void makeSystemTables(Path folder) throws IOException, InterruptedException {
        Path statements = folder.resolve("system.sql");
        Files.writeString(statements, "create database mysql;\nuse mysql;\n");
        for (String part : List.of("mysql_system_tables.sql", "mysql_system_tables_data.sql")) {
            Files.write(statements, Files.readAllBytes(TABLES.resolve(part)), StandardOpenOption.APPEND);
        }
        Files.createDirectories(folder.resolve("data"));
        Path log = folder.resolve("install.log");
        Process process = new ProcessBuilder(
                        SERVER.toString(),
                        "--no-defaults",
                        "--user=root",
                        "--bootstrap",
                        "--datadir=" + folder.resolve("data"),
                        "--skip-networking",
                        "--innodb-log-file-size=8M",
                        "--innodb-flush-method=nosync",
                        "--max-allowed-packet=8M")
                .redirectInput(statements.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(READY.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(Files.readString(log));
        }
    }

    private static Process launch(Path folder, int port, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                SERVER.toString(),
                "--no-defaults",
                "--user=root",
                "--datadir=" + folder.resolve("data"),
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--init-file=" + folder.resolve("init.sql"),
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--skip-name-resolve",
                "--server-id=1",
                "--log-bin=binlog",
                "--binlog-format=ROW",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=8M",
                "--innodb-flush-method=nosync",
                "--performance-schema=OFF",
                "--max-allowed-packet=64M"));
        command.addAll(options);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.log").toFile()))
                .start();
    }

    private void awaitReady() {
        Awaitility.await()
                .atMost(READY)
                .pollInterval(Duration.ofMillis(50))
                .failFast("the server ended: " + folder.resolve("server.log"), () -> !process.isAlive())
                .ignoreExceptions()
                .until(() -> {
                    connect().close();
                    return true;
                });
    }

    /** As JDBC has it, without a schema. */
    public String url() {
        return "jdbc:mariadb://127.0.0.1:" + port + "/";
    }

    public int port() {
        return port;
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), USER, PASSWORD);
    }

    /** Executes statements, each by itself. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** As a crash does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** After {@link #kill}, on the same port. */
    public void startAgain() throws IOException {
        process = launch(folder, port, options);
        awaitReady();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(MariaDbServer::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
