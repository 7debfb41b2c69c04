// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.classpath.ClassPath;
import dev.hippo.capture.source.SourceFailure;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The classes that a pipeline brings, in front of which ours are. */
final class OwnClasses implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnClasses.class);

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
        return new OwnClasses(ClassPath.of(folder, entries));
    }

    ClassLoader loader() {
        return loader;
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
