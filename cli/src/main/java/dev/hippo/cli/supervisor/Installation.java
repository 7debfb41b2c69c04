// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import java.nio.file.Path;

/**
 * Where Hippo itself is.
 *
 * @param root the folder that holds {@code lib/}
 */
public record Installation(Path root) {
    /** The installation that this command line belongs to: the launcher says where. */
    public static Installation ofThisProcess() {
        String home = System.getProperty("hippo.home");
        if (home == null) {
            throw new IllegalStateException("start the command line with the 'hippo' launcher (it sets -Dhippo.home)");
        }
        return new Installation(Path.of(home).toAbsolutePath());
    }

    /** The class path folder of one service. */
    public Path lib(String service) {
        return root.resolve("lib").resolve(service);
    }

    /** The Java that runs this process, and all others. */
    public Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
