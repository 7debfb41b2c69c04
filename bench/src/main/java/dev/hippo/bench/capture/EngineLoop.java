// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import com.sun.management.OperatingSystemMXBean;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.debezium.engine.format.SerializationFormat;
import io.debezium.engine.spi.OffsetCommitPolicy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's engine, whose changes are counted and thrown away. Its place is stored with each batch, so that the next process begins behind what was counted. A process of its own, on the engine's class path. Arguments: a file of its properties, the number of changes after which it ends,
 * and a file for what it measured of the second half of them: changes a second, microseconds of this process's CPU for each.
 */
public final class EngineLoop {
    private static final long CLOSING_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final SecondHalf half;
    private final CountDownLatch all = new CountDownLatch(1);
    private String measured = "0 0";

    private EngineLoop(int wanted) {
        this.half = new SecondHalf(wanted, EngineLoop::cpu);
    }

    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(args[0]))) {
            properties.load(file);
        }
        EngineLoop loop = new EngineLoop(Integer.parseInt(args[1]));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        DebeziumEngine<RecordChangeEvent<Object>> engine = DebeziumEngine.create(ChangeEventFormat.of(connect()))
                .using(properties)
                .using(OffsetCommitPolicy.always())
                .using((success, message, error) -> failed(success, message, error))
                .notifying(loop::take)
                .build();
        thread.execute(engine);
        loop.all.await();
        Files.writeString(Path.of(args[2]), loop.measured);
        // its places are stored with each batch; it does not always end when it is told to
        Thread end = new Thread(() -> close(engine), "end");
        end.setDaemon(true);
        end.start();
        end.join(CLOSING_MILLIS);
        System.exit(0);
    }

    private static void close(DebeziumEngine<?> engine) {
        try {
            engine.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connect's own records, which nothing serializes; the class is the engine's, and not on the compiler's class path. */
    @SuppressWarnings("unchecked")
    private static Class<SerializationFormat<Object>> connect() throws ClassNotFoundException {
        return (Class<SerializationFormat<Object>>) Class.forName("io.debezium.embedded.Connect");
    }

    private static void failed(boolean success, String message, @Nullable Throwable error) {
        if (!success) {
            System.err.println(message + " " + error);
            System.exit(1);
        }
    }

    private void take(List<RecordChangeEvent<Object>> records, RecordCommitter<RecordChangeEvent<Object>> committer)
            throws InterruptedException {
        half.read(records.size());
        committer.markProcessed(records.get(records.size() - 1));
        committer.markBatchFinished();
        if (half.isWhole() && all.getCount() > 0) {
            Cost cost = half.cost();
            measured = String.format(Locale.ROOT, "%f %f", cost.perSecond(), cost.cpuMicros());
            all.countDown();
        }
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
