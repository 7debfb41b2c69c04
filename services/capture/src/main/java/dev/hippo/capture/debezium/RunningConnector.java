// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connector's only task, run as Kafka Connect would, without Connect: where it begins is told, and nothing of it is stored here. One thread polls; {@link #forget} and {@link #close} may be called by any.
 */
final class RunningConnector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningConnector.class);

    /** So long a connector may take to let go of its database. */
    private static final long STOP_MILLIS = 30_000;

    private final SourceConnector connector;
    private final SourceTask task;
    private final ClassLoader classes;
    private final ReentrantLock stopping = new ReentrantLock();
    private boolean stopped;

    private RunningConnector(SourceConnector connector, SourceTask task, ClassLoader classes) {
        this.connector = connector;
        this.task = task;
        this.classes = classes;
    }

    /** Something of the connector's own, which finds its classes by the thread that calls. */
    private interface Call<T> {
        T call() throws SourceFailure, InterruptedException;
    }

    private static <T> T with(String name, ClassLoader classes, Call<T> call)
            throws SourceFailure, InterruptedException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(classes);
        try {
            return call.call();
        } catch (LinkageError e) {
            throw Failures.unlinked(name, classes instanceof BroughtClasses, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /**
     * Starts it.
     *
     * @param offset where it is to go on, as it told itself; null for a beginning of its own
     */
    static RunningConnector start(
            String name, ClassLoader classes, Map<String, String> properties, @Nullable Map<String, Object> offset)
            throws SourceFailure, InterruptedException {
        return with(name, classes, () -> started(name, classes, properties, offset));
    }

    private static RunningConnector started(
            String name, ClassLoader classes, Map<String, String> properties, @Nullable Map<String, Object> offset)
            throws SourceFailure {
        try {
            SourceConnector connector = connector(name, classes);
            connector.initialize(new NoWorker());
            RunningConnector running = null;
            try {
                connector.start(properties);
                List<Map<String, String>> configurations = connector.taskConfigs(1);
                if (configurations.size() != 1) {
                    throw new SourceFailure(
                            Kind.SETTING,
                            "connector " + name + " wants " + configurations.size() + " tasks, and has one");
                }
                SourceTask task = (SourceTask)
                        connector.taskClass().getDeclaredConstructor().newInstance();
                task.initialize(new Beginning(configurations.get(0), offset));
                running = new RunningConnector(connector, task, classes);
                task.start(configurations.get(0));
                return running;
            } catch (ReflectiveOperationException | SourceFailure | RuntimeException | LinkageError e) {
                if (running == null) {
                    connector.stop();
                } else {
                    running.close();
                }
                throw e;
            }
        } catch (ReflectiveOperationException e) {
            throw new SourceFailure(Kind.SETTING, "connector " + name + " has no task that can be made: " + e, e);
        }
    }

    /** Looks that there is such a connector. */
    static void load(String name, ClassLoader classes) throws SourceFailure, InterruptedException {
        with(name, classes, () -> connector(name, classes));
    }

    /** What the connector says of properties before it runs, by their names; it asks its database whether it can be reached. */
    static Map<String, List<String>> problems(String name, ClassLoader classes, Map<String, String> properties)
            throws SourceFailure, InterruptedException {
        return with(name, classes, () -> {
            Map<String, List<String>> problems = new TreeMap<>();
            for (ConfigValue value :
                    connector(name, classes).validate(properties).configValues()) {
                if (!value.errorMessages().isEmpty()) {
                    problems.put(value.name(), value.errorMessages());
                }
            }
            return problems;
        });
    }

    private static SourceConnector connector(String name, ClassLoader classes) throws SourceFailure {
        try {
            Object connector =
                    Class.forName(name, true, classes).getDeclaredConstructor().newInstance();
            if (connector instanceof SourceConnector source) {
                return source;
            }
            throw new SourceFailure(Kind.SETTING, name + " is no source connector of Kafka Connect");
        } catch (ReflectiveOperationException e) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "there is no connector " + name + " (" + e
                            + "); look at its name, and name its jars: classpath: [lib/CONNECTOR/*]",
                    e);
        }
    }

    /** What has come since; empty if nothing has for a while. */
    List<SourceRecord> poll() throws SourceFailure, InterruptedException {
        return with(connector.getClass().getName(), classes, () -> {
            List<SourceRecord> records = task.poll();
            return records == null ? List.of() : records;
        });
    }

    /** Lets the connector tell its database how far all is stored; empty words say nothing. */
    void forget(Map<String, ?> partition, Map<String, Object> offset) {
        if (offset.isEmpty()) {
            return;
        }
        try {
            with(connector.getClass().getName(), classes, () -> {
                task.commitRecord(new SourceRecord(partition, offset, "", null, null), null);
                task.commit();
                return true;
            });
        } catch (SourceFailure | RuntimeException e) {
            // the database keeps more than it has to; why, the next poll tells
            log.warn("The connector cannot be told how far all is stored: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the connector has let go of its database, but not for ever. */
    @Override
    public void close() {
        stopping.lock();
        try {
            if (!stopped) {
                stopped = true;
                stopUndisturbed(this::stop, STOP_MILLIS);
            }
        } finally {
            stopping.unlock();
        }
    }

    private void stop() {
        Thread.currentThread().setContextClassLoader(classes);
        try {
            task.stop();
        } catch (RuntimeException e) {
            log.debug("The connector did not stop in order: {}", e.getMessage());
        } finally {
            connector.stop();
        }
    }

    /**
     * Runs what stops a connector on a thread that nobody interrupts: a connector that is interrupted while it stops keeps its connections.
     *
     * @return whether it came to its end; else the thread goes on by itself, as long as the process lives
     */
    static boolean stopUndisturbed(Runnable stop, long millis) {
        Thread stopper = new Thread(stop, "connector-stop");
        stopper.setDaemon(true);
        stopper.start();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean interrupted = false;
        long left = millis;
        while (stopper.isAlive() && left > 0) {
            try {
                stopper.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        boolean stopped = !stopper.isAlive();
        if (!stopped) {
            log.warn(
                    "The connector has not let go of its database within {} s and is left alone; until it has, the database may refuse the next one",
                    TimeUnit.MILLISECONDS.toSeconds(millis));
        }
        return stopped;
    }

    /** Nobody is there to be asked for another distribution of tasks. */
    private static final class NoWorker implements ConnectorContext {
        @Override
        public void requestTaskReconfiguration() {}

        @Override
        public void raiseError(Exception e) {
            throw new IllegalStateException(e);
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException("there are no metrics of Connect's worker");
        }
    }

    private record Beginning(
            Map<String, String> configs, @Nullable Map<String, Object> offset)
            implements SourceTaskContext, OffsetStorageReader {
        @Override
        public OffsetStorageReader offsetStorageReader() {
            return this;
        }

        @Override
        public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
            return offset;
        }

        @Override
        public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
            Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
            Map<String, Object> known = offset;
            if (known != null) {
                partitions.forEach(partition -> offsets.put(partition, known));
            }
            return offsets;
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException("there are no metrics of Connect's worker");
        }
    }
}
