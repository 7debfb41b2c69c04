// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A hippo as a process of its own, with little memory. What all of a folder say is in one file. */
final class CaptureProcess {
    private CaptureProcess() {}

    /** Starts one of the pipeline that lies in a folder. */
    static Process start(Path folder, String hippo) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.hippo.capture.Main",
                        "--pipeline",
                        folder.resolve("pipeline.yaml").toString(),
                        "--hippo",
                        hippo)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()))
                .start();
    }

    /** What they have said. */
    static String output(Path folder) {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
