// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Agent;
import dev.hippo.cli.supervisor.Deployment;
import dev.hippo.cli.supervisor.Installation;
import dev.hippo.cli.supervisor.Supervisor;
import dev.hippo.wire.KafkaUnavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;

/** Runs a supervisor in this process until a signal stops it. */
final class SupervisorRun {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(70);

    private SupervisorRun() {}

    /** Returns the exit status when everything has stopped. */
    static int of(
            Deployment deployment, Agent agent, InstantSource clock, Supervisor.Listener listener, PrintWriter err)
            throws IOException, InterruptedException {
        Supervisor supervisor = new Supervisor(Installation.ofThisProcess(), deployment, agent, clock, listener);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                if (!supervisor.stop(STOP_LIMIT)) {
                                    err.println("hippo: some processes did not stop in time; see 'hippo status'");
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop"));
        try {
            supervisor.run();
            return ExitStatus.OK;
        } catch (Supervisor.AlreadyRunning e) {
            throw new CommandFailure(ExitStatus.ALREADY, String.valueOf(e.getMessage()));
        } catch (KafkaUnavailable e) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }
}
