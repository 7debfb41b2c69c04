// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
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
 * A connector's only task, run as Kafka Connect would, without Connect: where it begins is told, and nothing of it is stored here. One thread polls; {@link #stored} and {@link #close} may be called by any.
 */
final class RunningConnector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningConnector.class);

    private final SourceConnector connector;
    private final SourceTask task;
    private final ReentrantLock stopping = new ReentrantLock();
    private boolean stopped;

    private RunningConnector(SourceConnector connector, SourceTask task) {
        this.connector = connector;
        this.task = task;
    }

    /**
     * Starts it.
     *
     * @param offset where it is to go on, as it told itself; null for a beginning of its own
     */
    static RunningConnector start(
            String name, ClassLoader classes, Map<String, String> properties, @Nullable Map<String, Object> offset)
            throws SourceFailure {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(classes);
        try {
            SourceConnector connector = connector(name, classes);
            connector.initialize(new NoWorker());
            connector.start(properties);
            List<Map<String, String>> configurations = connector.taskConfigs(1);
            if (configurations.size() != 1) {
                throw new SourceFailure(
                        Kind.SETTING, "connector " + name + " wants " + configurations.size() + " tasks, and has one");
            }
            SourceTask task =
                    (SourceTask) connector.taskClass().getDeclaredConstructor().newInstance();
            task.initialize(new Beginning(configurations.get(0), offset));
            RunningConnector running = new RunningConnector(connector, task);
            try {
                task.start(configurations.get(0));
            } catch (RuntimeException e) {
                running.close();
                throw e;
            } catch (LinkageError e) {
                running.close();
                throw new SourceFailure(Kind.SETTING, "connector " + name + " does not find all its classes: " + e, e);
            }
            return running;
        } catch (ReflectiveOperationException e) {
            throw new SourceFailure(Kind.SETTING, "connector " + name + " has no task that can be made: " + e, e);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static SourceConnector connector(String name, ClassLoader classes) throws SourceFailure {
        try {
            Object connector =
                    Class.forName(name, true, classes).getDeclaredConstructor().newInstance();
            if (connector instanceof SourceConnector source) {
                return source;
            }
            throw new SourceFailure(Kind.SETTING, name + " is no source connector of Kafka Connect");
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "there is no connector " + name + " (" + e + "); name its jars: classpath: [lib/CONNECTOR/*]",
                    e);
        }
    }

    /** What has come since; empty if nothing has for a while. */
    List<SourceRecord> poll() throws InterruptedException {
        List<SourceRecord> records = task.poll();
        return records == null ? List.of() : records;
    }

    /** Lets the connector tell its database how far all is stored. */
    void stored(Map<String, ?> partition, Map<String, ?> offset) throws InterruptedException {
        task.commitRecord(new SourceRecord(partition, offset, "", null, null), null);
        task.commit();
    }

    /** Waits until the connector has let go of its database. */
    @Override
    public void close() {
        stopping.lock();
        try {
            if (!stopped) {
                stopped = true;
                stopUndisturbed();
            }
        } finally {
            stopping.unlock();
        }
    }

    /** On a thread that nobody interrupts: a connector that is interrupted while it stops keeps its connections. */
    private void stopUndisturbed() {
        Thread stopper = new Thread(
                () -> {
                    try {
                        task.stop();
                    } catch (RuntimeException e) {
                        log.debug("The connector did not stop in order: {}", e.getMessage());
                    } finally {
                        connector.stop();
                    }
                },
                "connector-stop");
        stopper.setDaemon(true);
        stopper.start();
        boolean interrupted = false;
        while (stopper.isAlive()) {
            try {
                stopper.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
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
