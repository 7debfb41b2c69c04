// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.sdk.PullSource;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows that a class of the pipeline's own gives. */
final class ProgramScan implements Scan {
    private static final Logger log = LoggerFactory.getLogger(ProgramScan.class);

    private final String name;
    private final List<String> fields;
    private final OwnClasses classes;
    private volatile @Nullable PullSource source;

    ProgramScan(String name, List<String> fields, OwnClasses classes) {
        this.name = name;
        this.fields = List.copyOf(fields);
        this.classes = classes;
    }

    @Override
    public void check() throws SourceFailure {
        source();
    }

    private PullSource source() throws SourceFailure {
        PullSource made = source;
        if (made != null) {
            return made;
        }
        try {
            Class<?> found = Class.forName(name, true, classes.loader());
            if (!PullSource.class.isAssignableFrom(found)) {
                throw new SourceFailure(
                        Kind.SETTING, "class " + name + " does not implement " + PullSource.class.getName());
            }
            made = (PullSource) found.getDeclaredConstructor().newInstance();
            source = made;
            return made;
        } catch (ClassNotFoundException e) {
            throw new SourceFailure(
                    Kind.SETTING, "class " + name + " is not on the source's 'classpath'; name its jar there", e);
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "class " + name + " cannot be made: give it a public constructor without parameters",
                    e);
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SourceFailure(Kind.SETTING, "class " + name + " cannot be made: " + cause, e);
        }
    }

    @Override
    public void read(RowListener to) throws SourceFailure, InterruptedException {
        PullSource asked = source();
        long row = 0;
        Iterator<Map<String, Object>> rows = null;
        try {
            rows = asked.scan();
            while (rows.hasNext()) {
                Map<String, Object> values = rows.next();
                row++;
                @Nullable Object[] ordered = new Object[fields.size()];
                for (int i = 0; i < ordered.length; i++) {
                    ordered[i] = values.get(fields.get(i));
                }
                to.row(row, ordered);
            }
        } catch (SourceFailure | InterruptedException | DiskFailure e) {
            throw e;
        } catch (Exception | LinkageError e) {
            // whatever a program of somebody else throws breaks the scan off, and nothing more
            log.debug("The scan broke off", e);
            throw new SourceFailure(
                    Kind.PASSING, "the scan of class " + name + " broke off behind row " + row + ": " + e, e);
        } finally {
            end(rows);
        }
    }

    private static void end(@Nullable Object rows) {
        if (rows instanceof AutoCloseable open) {
            close(open);
        }
    }

    private static void close(AutoCloseable open) {
        try {
            open.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.debug("Did not close in order: {}", e.toString());
        }
    }

    @Override
    public String describe(long place) {
        return "row " + place + " of class " + name;
    }

    @Override
    public void close() {
        end(source);
        classes.close();
    }
}
