// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a connector that a pipeline brings. Its own come first; those by which we and it talk are ours, so that a row is the same class on both sides; of Debezium it has its own alone, never
 * some of another version. Kept as long as the process lives: a connector's drivers and threads may outlive it.
 */
final class BroughtClasses extends URLClassLoader {
    private static final Pattern OURS = Pattern.compile(
            "(java|javax|jdk|sun|org\\.w3c\\.dom|org\\.xml\\.sax|org\\.apache\\.kafka|org\\.slf4j)\\..*");
    private static final String DEBEZIUM = "io.debezium.";
    private static final String DEBEZIUM_FILES = "io/debezium/";
    private static final String SERVICES = "META-INF/services/";
    private static final ConcurrentMap<String, BroughtClasses> KNOWN = new ConcurrentHashMap<>();

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader ours;

    private BroughtClasses(List<URL> urls, ClassLoader ours) {
        super(urls.toArray(URL[]::new), ours);
        this.ours = ours;
    }

    /** Those of these jars and folders. */
    static BroughtClasses of(List<URL> urls) {
        return KNOWN.computeIfAbsent(
                urls.toString(), path -> new BroughtClasses(urls, BroughtClasses.class.getClassLoader()));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> found = findLoadedClass(name);
            if (found == null) {
                found = OURS.matcher(name).matches() ? oursOrOwn(name) : ownOrOurs(name);
            }
            if (resolve) {
                resolveClass(found);
            }
            return found;
        }
    }

    private Class<?> oursOrOwn(String name) throws ClassNotFoundException {
        try {
            return ours.loadClass(name);
        } catch (ClassNotFoundException e) {
            return findClass(name);
        }
    }

    private Class<?> ownOrOurs(String name) throws ClassNotFoundException {
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            if (name.startsWith(DEBEZIUM)) {
                throw e;
            }
            return ours.loadClass(name);
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own != null || isOwnAlone(name) ? own : ours.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
        if (!isOwnAlone(name)) {
            all.addAll(Collections.list(ours.getResources(name)));
        }
        return Collections.enumeration(all);
    }

    /** Of Debezium, and who provides an interface that is brought: ours is another of that name. */
    private boolean isOwnAlone(String file) {
        if (!file.startsWith(SERVICES)) {
            return file.startsWith(DEBEZIUM_FILES);
        }
        String type = file.substring(SERVICES.length());
        return type.startsWith(DEBEZIUM)
                || (!OURS.matcher(type).matches() && findResource(type.replace('.', '/') + ".class") != null);
    }
}
