// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Installation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A check that needs what only a service has on its class path, in a process of its own. */
final class CheckProcess {
    private CheckProcess() {}

    /**
     * Runs one; its errors are the user's to see.
     *
     * @param failure what to say if it did not end well
     * @return what it printed
     */
    static String run(
            Installation home, String service, String main, Path file, @Nullable String profile, String failure)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                home.java().toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                home.lib(service) + "/*",
                main,
                "--pipeline",
                file.toAbsolutePath().toString()));
        if (profile != null) {
            command.addAll(List.of("--profile", profile));
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said;
        try (InputStream out = process.getInputStream()) {
            said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (process.waitFor() != 0) {
            throw new CommandFailure(ExitStatus.FAILED, failure);
        }
        return said;
    }
}
