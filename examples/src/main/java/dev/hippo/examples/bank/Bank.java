// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import dev.hippo.examples.database.Folders;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs the bank example from nothing to nothing: databases, pipeline, load, reconciliation. Exit status 0 only if everything that was made of the databases'
 * changes agrees with the databases.
 */
public final class Bank {
    private static final String USAGE = """
            examples/bank/run [--seconds N] [--stay]
              --seconds N   how long the bank works (20)
              --stay        leave everything up at the end, until Ctrl-C""";

    private static final String DATABASES = "databases";
    private static final Duration SETTLED = Duration.ofMinutes(12);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    private static final Duration BETWEEN_NEWS = Duration.ofSeconds(15);
    private static final Duration CLOSED = Duration.ofMinutes(3);

    private final Path home;
    private final Path pipeline;
    private final Path state;
    private final Options options;

    private Bank(Path home, Options options) {
        this.home = home;
        this.pipeline = home.resolve("examples/bank");
        this.state = pipeline.resolve(".hippo");
        this.options = options;
    }

    private record Options(long seconds, boolean stay) {
        static Options of(String[] args) {
            long seconds = 20;
            boolean stay = false;
            for (int i = 0; i < args.length; i++) {
                if (args[i].equals("--stay")) {
                    stay = true;
                } else if (args[i].equals("--seconds") && i + 1 < args.length && args[i + 1].matches("[1-9]\\d{0,5}")) {
                    i++;
                    seconds = Long.parseLong(args[i]);
                } else {
                    throw new IllegalArgumentException("'" + args[i] + "' is not understood; " + USAGE);
                }
            }
            return new Options(seconds, stay);
        }
    }

    /** {@code --help} tells the options. */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--help")) {
            System.out.println(USAGE);
            return;
        }
        Bank bank;
        try {
            bank = new Bank(Path.of(System.getProperty("hippo.home", "")).toAbsolutePath(), Options.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println("bank: " + e.getMessage());
            System.exit(2);
            return;
        }
        Thread main = Thread.currentThread();
        Thread ending = new Thread(() -> end(main), "ending");
        Runtime.getRuntime().addShutdownHook(ending);
        int status = bank.open();
        try {
            Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException e) {
            // Ctrl-C: the JVM ends as soon as this thread has
            return;
        }
        System.exit(status);
    }

    /** Ctrl-C: whatever the bank waits for, it stops waiting, closes everything and ends. */
    private static void end(Thread main) {
        main.interrupt();
        try {
            main.join(CLOSED.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int open() {
        try {
            return run() ? 0 : 1;
        } catch (InterruptedException e) {
            return 130;
        } catch (IOException | SQLException | IllegalStateException e) {
            System.err.println("bank: " + e.getMessage());
            return 1;
        }
    }

    private boolean run() throws IOException, InterruptedException, SQLException {
        if (Files.exists(state)) {
            RunningPipeline.down(home, pipeline, state);
        }
        say("Starting PostgreSQL and MariaDB ...");
        try (Databases databases = Databases.start(state.resolve(DATABASES))) {
            forget();
            say("Starting the pipeline of examples/bank/pipeline.yaml ...");
            try (RunningPipeline running = RunningPipeline.up(home, pipeline, state, databases.environment())) {
                say("%s", running.announcement());
                work(databases);
                boolean agrees = reconcile(databases);
                if (options.stay()) {
                    stay(databases);
                }
                say("Closing.");
                return agrees;
            }
        }
    }

    /** The databases are new, so whatever was told of older ones means nothing. */
    private void forget() throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(state, part -> !part.endsWith(DATABASES))) {
            for (Path part : parts) {
                Folders.delete(part);
            }
        }
    }

    private void work(Databases databases) throws SQLException, InterruptedException {
        say("The bank works for %d s ...", options.seconds());
        try (Load load = Load.begin(databases)) {
            TimeUnit.SECONDS.sleep(options.seconds());
            load.stop();
            say("%,d transfers were made.", load.transfers());
        }
    }

    private boolean reconcile(Databases databases) throws IOException, SQLException, InterruptedException {
        say("Waiting until all of it has arrived ...");
        QueryService query = new QueryService(state);
        long begun = System.nanoTime();
        long told = begun;
        Reconciliation books = Reconciliation.of(databases, query);
        while (!books.agrees() && System.nanoTime() - begun < SETTLED.toNanos()) {
            if (System.nanoTime() - told > BETWEEN_NEWS.toNanos()) {
                told = System.nanoTime();
                say("  still different: %s", books.outstanding());
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            books = Reconciliation.of(databases, query);
        }
        say("");
        books.table().forEach(line -> say("%s", line));
        say("");
        return books.agrees();
    }

    private static void stay(Databases databases) throws InterruptedException {
        say("Everything is up until Ctrl-C. In another terminal, for example:");
        databases.environment().forEach((name, value) -> say("  export %s=%s", name, value));
        say("  ./hippo status -f examples/bank");
        say(
                "  ./hippo query -f examples/bank \"select name, sum(cast(amount as decimal(18, 2))) from payments group by 1 order by 2 desc limit 5\"");
        new CountDownLatch(1).await();
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
