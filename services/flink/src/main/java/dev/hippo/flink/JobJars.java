// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import java.io.File;
import java.util.Arrays;

/** The jars that a remote cluster needs beside Flink's own: this process's class path, less what every cluster has. */
final class JobJars {
    private JobJars() {}

    static String[] ofThisProcess() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.endsWith(".jar"))
                .filter(path -> {
                    String name = new File(path).getName();
                    return name.startsWith("flink-connector-")
                            || !(name.startsWith("flink-") || name.startsWith("slf4j-") || name.startsWith("logback-"));
                })
                .toArray(String[]::new);
    }
}
