// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the files that patterns name; {@code *} stands for any part of a name, {@code **} for folders too. */
final class FilePatterns {
    private FilePatterns() {}

    /** @throws SourceFailure if a pattern names none: an empty table is a file without rows, not a file that is not there */
    static List<Path> files(Path folder, List<String> patterns) throws SourceFailure {
        NavigableSet<Path> all = new TreeSet<>();
        for (String pattern : patterns) {
            NavigableSet<Path> found = new TreeSet<>();
            Path begin = folder.toAbsolutePath().normalize();
            if (pattern.contains("*")) {
                find(begin, pattern, found);
            } else if (Files.isRegularFile(begin.resolve(pattern))) {
                found.add(begin.resolve(pattern));
            }
            if (found.isEmpty()) {
                throw new SourceFailure(
                        Kind.PASSING,
                        "no file '" + pattern + "' is in " + begin
                                + "; for no rows leave a file without any, so that a lost file does not take rows away");
            }
            all.addAll(found);
        }
        return List.copyOf(all);
    }

    private static void find(Path begin, String pattern, NavigableSet<Path> found) throws SourceFailure {
        int fixed = pattern.lastIndexOf('/', pattern.indexOf('*'));
        Path root = fixed < 0 ? begin : begin.resolve(pattern.substring(0, Math.max(1, fixed)));
        PathMatcher matcher = FileSystems.getDefault()
                .getPathMatcher("glob:" + pattern.substring(fixed + 1).replaceAll("([\\[\\]{}?\\\\])", "\\\\$1"));
        if (!Files.isDirectory(root)) {
            return;
        }
        int depth = pattern.contains("**")
                ? Integer.MAX_VALUE
                : pattern.substring(fixed + 1).split("/", -1).length;
        try (Stream<Path> files = Files.walk(root, depth)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> matcher.matches(root.relativize(file)))
                    .forEach(found::add);
        } catch (IOException | UncheckedIOException e) {
            throw new SourceFailure(Kind.PASSING, "folder " + root + " cannot be read: " + e, e);
        }
    }
}
