// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The classes that a pipeline brings, in front of which ours are. */
final class OwnClasses implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnClasses.class);
    private static final String ALL = "*";

    private final URLClassLoader loader;

    private OwnClasses(List<URL> urls) {
        this.loader = new URLClassLoader(urls.toArray(URL[]::new), OwnClasses.class.getClassLoader());
    }

    /**
     * Finds them.
     *
     * @param entries jars and folders of classes; {@code DIR/*} for all jars in one
     */
    static OwnClasses of(Path folder, List<String> entries) throws SourceFailure {
        List<URL> urls = new ArrayList<>();
        try {
            for (String entry : entries) {
                if (entry.endsWith(ALL)) {
                    Path jars = folder.resolve(entry.substring(0, entry.length() - 1));
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(jars, "*.jar")) {
                        for (Path file : files) {
                            urls.add(url(file));
                        }
                    }
                } else if (Files.exists(folder.resolve(entry))) {
                    urls.add(url(folder.resolve(entry)));
                } else {
                    throw notThere(entry, folder);
                }
            }
        } catch (IOException e) {
            throw new SourceFailure(
                    Kind.SETTING, "'classpath' cannot be read: " + e + "; name jars and folders of classes", e);
        }
        return new OwnClasses(urls);
    }

    ClassLoader loader() {
        return loader;
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }

    private static SourceFailure notThere(String entry, Path folder) {
        return new SourceFailure(
                Kind.SETTING,
                "'" + entry + "' of 'classpath' is not there; it is looked for from " + folder.toAbsolutePath());
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            log.debug("The class path did not close in order: {}", e.getMessage());
        }
    }
}
