// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor;

import dev.hippo.kit.HippoArguments;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.ProcessLock;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Doctor's process: {@code --pipeline FILE [--profile NAME] [--state DIR]}. It is no hippo: no file declares it, and nothing waits for it. Exit statuses
 * are those of {@link HippoProcess}.
 */
public final class Main {
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] args) {
        int status;
        try {
            status = run(HippoArguments.parse(args), System.getenv());
        } catch (HippoFailure | IOException e) {
            log.error("Could not start: {}", e.getMessage());
            System.err.println(e.getMessage());
            status = 2;
        } catch (Throwable e) {
            log.error("Could not go on", e);
            System.err.println("could not go on: " + e);
            status = 1;
        }
        Runtime.getRuntime().halt(status);
    }

    private static int run(HippoArguments arguments, Map<String, String> environment)
            throws HippoFailure, IOException, InterruptedException {
        PipelineSpec pipeline = HippoProcess.pipeline(arguments);
        StateFolder state = arguments.state() == null ? StateFolder.of(pipeline) : new StateFolder(arguments.state());
        Path lockFile = state.run().resolve(Doctor.NAME + ".lock");
        Optional<ProcessLock> lock = ProcessLock.take(lockFile);
        if (lock.isEmpty()) {
            System.err.println("the Doctor runs already, as process " + ProcessLock.holder(lockFile));
            return 3;
        }
        ProcessLock held = lock.get();
        try {
            Files.createDirectories(state.logs());
            ServiceLog.toFile(state.logs().resolve(Doctor.NAME + ".log"));
            try (Doctor doctor = new Doctor(pipeline, state, environment, InstantSource.system())) {
                Thread main = Thread.currentThread();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(doctor, main), "stop"));
                doctor.run();
            }
            return 0;
        } finally {
            held.close();
        }
    }

    private static void stop(Doctor doctor, Thread main) {
        doctor.stop();
        try {
            main.join(20_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
