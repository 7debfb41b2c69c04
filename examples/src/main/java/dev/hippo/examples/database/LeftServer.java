// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A database server that an earlier run has left behind because it was killed. */
public final class LeftServer {
    private static final long SECONDS = 10;

    private LeftServer() {}

    /** Stops it, if the process of that pid file still lives and is one of that folder. */
    public static void stop(Path pidFile, Path folder) throws IOException, InterruptedException {
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.isEmpty() || !lines.get(0).strip().matches("\\d+")) {
            return;
        }
        ProcessHandle server =
                ProcessHandle.of(Long.parseLong(lines.get(0).strip())).orElse(null);
        // the pid may be another's by now
        if (server == null
                || !server.info()
                        .commandLine()
                        .orElse("")
                        .contains(folder.toAbsolutePath().toString())) {
            return;
        }
        server.destroy();
        try {
            server.onExit().get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            server.destroyForcibly();
            server.onExit().join();
        }
    }
}
