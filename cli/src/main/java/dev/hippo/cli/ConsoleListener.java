// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Life.State;
import dev.hippo.cli.supervisor.Supervisor;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;

/** Streams the supervisor's news to the terminal, a line each. */
final class ConsoleListener implements Supervisor.Listener {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final PrintWriter out;
    private final InstantSource clock;
    private final Instant begun;
    private final Runnable whenBegun;
    private final Consumer<Duration> whenAllRun;

    /**
     * @param whenBegun runs once, before anything is started
     * @param whenAllRun is told once how long it took until every hippo ran
     */
    ConsoleListener(PrintWriter out, InstantSource clock, Runnable whenBegun, Consumer<Duration> whenAllRun) {
        this.out = out;
        this.clock = clock;
        this.begun = clock.instant();
        this.whenBegun = whenBegun;
        this.whenAllRun = whenAllRun;
    }

    @Override
    public void begins() {
        whenBegun.run();
    }

    @Override
    public void moved(Instant at, String name, State from, State to, String reason) {
        out.printf("%s  %-16s %-8s  %s%n", TIME.format(at), name, to.name().toLowerCase(Locale.ROOT), reason);
    }

    @Override
    public void notice(String text) {
        out.printf("%s  %s%n", TIME.format(clock.instant()), text);
    }

    @Override
    public void allRunning() {
        whenAllRun.accept(Duration.between(begun, clock.instant()));
    }
}
