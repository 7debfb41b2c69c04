// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/** The folders of one hippo's missions. */
final class MissionFiles {
    private MissionFiles() {}

    /**
     * Takes away the folders of missions that have ended and in which nothing was made since that time.
     *
     * @return how many
     */
    static int sweep(Path folder, Set<String> open, Instant before) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        int swept = 0;
        try (Stream<Path> missions = Files.list(folder)) {
            for (Path mission : missions.toList()) {
                boolean over = !open.contains(mission.getFileName().toString());
                if (over && Files.getLastModifiedTime(mission).toInstant().isBefore(before)) {
                    delete(mission);
                    swept++;
                }
            }
        }
        return swept;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
