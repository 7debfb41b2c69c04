// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.classpath;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Finds what a pipeline file's {@code classpath} names. */
public final class ClassPath {
    private static final String ALL = "*";

    private ClassPath() {}

    /**
     * Finds it, the jars of a folder in the order of their names.
     *
     * @param folder from which names count
     * @param entries jars and folders of classes; {@code DIR/*} for all jars in one
     * @throws SourceFailure if one is not there
     */
    public static List<URL> of(Path folder, List<String> entries) throws SourceFailure {
        List<URL> urls = new ArrayList<>();
        try {
            for (String entry : entries) {
                boolean all = entry.endsWith(ALL);
                Path named = folder.resolve(all ? entry.substring(0, entry.length() - 1) : entry);
                if (!(all ? Files.isDirectory(named) : Files.exists(named))) {
                    throw new SourceFailure(
                            Kind.SETTING,
                            "'" + entry + "' of 'classpath' is not there; it is looked for from "
                                    + folder.toAbsolutePath());
                }
                for (Path file : all ? jars(named) : List.of(named)) {
                    urls.add(file.toUri().toURL());
                }
            }
        } catch (IOException e) {
            throw new SourceFailure(
                    Kind.SETTING, "'classpath' cannot be read: " + e + "; name jars and folders of classes", e);
        }
        return urls;
    }

    private static List<Path> jars(Path folder) throws IOException {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
            files.forEach(jars::add);
        }
        Collections.sort(jars);
        return jars;
    }
}
