// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text file that another process writes: gives whole lines, each once, also when the file is rolled to {@code FILE.1} and begun anew, or emptied, between two
 * looks. Not thread-safe.
 */
final class GrowingFile {
    private final Path path;
    private @Nullable Object identity;
    private long position;
    private Instant modified = Instant.EPOCH;

    GrowingFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** When the file was written to, as the last {@link #news} saw it. */
    Instant modified() {
        return modified;
    }

    /** The lines that were completed since the last call. Empty when there is no such file. */
    List<String> news() throws IOException {
        List<String> lines = new ArrayList<>();
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (identity != null && !identity.equals(now.fileKey())) {
                restOfTheRolled(lines);
                position = 0;
            } else if (now.size() < position) {
                position = 0;
            }
            identity = now.fileKey();
            modified = now.lastModifiedTime().toInstant();
            position += read(path, position, lines);
        } catch (NoSuchFileException e) {
            // not written yet, or being rolled at this moment: the next look finds it
        }
        return lines;
    }

    /** Reads on in the file that was followed until now, under the name that rolling gave it; there may have been several rolls. */
    private void restOfTheRolled(List<String> lines) throws IOException {
        int last = 0;
        while (Files.exists(rolled(last + 1)) && !isFollowed(rolled(last))) {
            last++;
        }
        if (last == 0 || !isFollowed(rolled(last))) {
            return;
        }
        read(rolled(last), position, lines);
        for (int number = last - 1; number >= 1; number--) {
            read(rolled(number), 0, lines);
        }
    }

    private boolean isFollowed(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return identity != null && identity.equals(key);
    }

    private Path rolled(int number) {
        return number == 0 ? path : path.resolveSibling(path.getFileName() + "." + number);
    }

    /** Adds the whole lines from a position on; answers how many bytes they were. */
    private static long read(Path file, long from, List<String> lines) throws IOException {
        if (Files.size(file) <= from) {
            return 0;
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            bytes = in.readAllBytes();
        }
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        new String(bytes, 0, end, StandardCharsets.UTF_8).lines().forEach(lines::add);
        return end;
    }
}
