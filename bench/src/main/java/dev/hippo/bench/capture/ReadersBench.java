// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.bench.BenchPipeline;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Drains the same backlog of PostgreSQL's and of MariaDB's log, in turns: by the driver's bare loop, by Debezium's engine and by our reader to nobody, and by whole db-etls with both readers into Kafka, until it
 * is committed there; the second half of it counts. Everything on this machine. Arguments: changes of a backlog (2,000,000), rounds (3). Run from the root of the repository, on a built tree.
 */
public final class ReadersBench {
    private static final int FIRST_CHANGES = 100;

    private static final String PIPELINE = """
            pipeline: readers-bench
            topics:
              latest: {contract: bench.v1.Order, key: id, changelog: true}
              by-debezium: {contract: bench.v1.Order, key: id, changelog: true}
              both: {contract: bench.v1.Order, key: id, changelog: true}
              all: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
            hippos:
              latest-db:
                kind: db-etl
                source: {%1$s}
                publish: latest
              debezium-db:
                kind: db-etl
                source: {%1$s, reader: debezium}
                publish: by-debezium
              both-db:
                kind: db-etl
                source: {%1$s, changes: all}
                publish: both
            """;

    /** A db-etl of the pipeline, and the topic in which its changes are counted. */
    private enum Hippo {
        LATEST("latest-db", "latest", "native reader: latest rows in Kafka"),
        BOTH("both-db", "all", "native reader: all changes and latest rows in Kafka"),
        DEBEZIUM("debezium-db", "by-debezium", "`reader: debezium`: latest rows in Kafka");

        private final String hippo;
        private final String topic;
        private final String what;

        Hippo(String hippo, String topic, String what) {
            this.hippo = hippo;
            this.topic = topic;
            this.what = what;
        }
    }

    private interface Way {
        Cost read(int changes) throws Exception;
    }

    private final ChangedOrders orders;
    private final BenchPipeline pipeline;
    private final Map<Hippo, CommittedRecords> topics = new HashMap<>();
    private int loaded;
    /** How far our reader has read to nobody; null before it has begun. */
    private @Nullable Position reached;

    private ReadersBench(ChangedOrders orders, BenchPipeline pipeline) {
        this.orders = orders;
        this.pipeline = pipeline;
    }

    public static void main(String[] args) throws Exception {
        int changes = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        try (ChangedOrders orders = PostgresOrders.start()) {
            measure(orders, changes, rounds);
        }
        try (ChangedOrders orders = MariaDbOrders.start()) {
            measure(orders, changes, rounds);
        }
    }

    private static void measure(ChangedOrders orders, int changes, int rounds) throws Exception {
        try (BenchPipeline pipeline = BenchPipeline.of(
                Path.of("lib"), PIPELINE.formatted(orders.source()), Map.of("orders.proto", CaptureBench.CONTRACT))) {
            pipeline.startKafka();
            ReadersBench bench = new ReadersBench(orders, pipeline);
            bench.open();
            bench.begin();
            bench.run(changes, rounds);
            bench.topics.values().forEach(CommittedRecords::close);
        }
    }

    private void open() {
        Map<String, Object> client = new HashMap<>(pipeline.kafka().clientProperties("readers-bench"));
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "earliest");
        for (Hippo hippo : Hippo.values()) {
            KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer.assign(consumer.partitionsFor(hippo.topic).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList());
            topics.put(hippo, new CommittedRecords(consumer));
        }
    }

    /** Lets each reader come to the end of the log, so that what is loaded then waits for all of them. */
    private void begin() throws Exception {
        Process engine = startEngine(1);
        int single = 1;
        while (!engine.waitFor(200, TimeUnit.MILLISECONDS)) {
            orders.single(single++);
        }
        orders.load(loaded, FIRST_CHANGES);
        loaded += FIRST_CHANGES;
        for (Hippo hippo : Hippo.values()) {
            Process process = capture(hippo);
            read(hippo, process, single - 1 + FIRST_CHANGES * 7 / 10);
            BenchPipeline.stop(process);
        }
        engine(FIRST_CHANGES);
        try (ChangeSource source = orders.open(contracts())) {
            reached = source.now();
        }
    }

    private Contracts contracts() throws Exception {
        Descriptor order = pipeline.spec()
                .contracts()
                .contract("bench.v1.Order")
                .orElseThrow()
                .descriptor();
        return table -> order;
    }

    private Cost nobody(int changes) throws Exception {
        SecondHalf half = new SecondHalf(
                changes, () -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        ChangeSource source = orders.open(contracts());
        try {
            source.stream(Objects.requireNonNull(reached), new ChangeListener() {
                @Override
                public void begin(String id, Instant committedAt) {}

                @Override
                public void change(RowChange change) {
                    half.read(1);
                }

                @Override
                public void commit(Position behind) {
                    reached = behind;
                    if (half.isWhole()) {
                        source.close();
                    }
                }

                @Override
                public void advanced(Position to) {}
            });
        } finally {
            source.close();
        }
        return half.cost();
    }

    private void run(int changes, int rounds) throws Exception {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put(orders.bareLoop(), orders::readBare);
        ways.put("Debezium's engine, to nobody", this::engine);
        ways.put("native reader, types mapped and messages written, to nobody", this::nobody);
        for (Hippo hippo : Hippo.values()) {
            ways.put(hippo.what, count -> {
                Process process = capture(hippo);
                Cost cost = read(hippo, process, count);
                BenchPipeline.stop(process);
                return cost;
            });
        }
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        ways.keySet().forEach(way -> costs.put(way, new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            orders.load(loaded, changes);
            loaded += changes;
            // who comes first reads what nobody has read before
            List<Map.Entry<String, Way>> turns = new ArrayList<>(ways.entrySet());
            Collections.rotate(turns, round);
            for (Map.Entry<String, Way> way : turns) {
                Cost cost = way.getValue().read(changes);
                Objects.requireNonNull(costs.get(way.getKey())).add(cost);
            }
        }
        print(costs);
    }

    private void print(Map<String, List<Cost>> costs) {
        System.out.printf(
                "%n| %s | changes/s, rounds | median | of the bare loop | of Debezium's engine | reader's CPU us/change |%n",
                orders.server());
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
        List<List<Cost>> all = List.copyOf(costs.values());
        double bare = median(all.get(0).stream().mapToDouble(Cost::perSecond).toArray());
        double engine = median(all.get(1).stream().mapToDouble(Cost::perSecond).toArray());
        costs.forEach((what, rounds) -> {
            double[] perSecond = rounds.stream().mapToDouble(Cost::perSecond).toArray();
            StringBuilder each = new StringBuilder();
            for (double round : perSecond) {
                each.append(String.format(Locale.ROOT, "%s%,.0f", each.isEmpty() ? "" : ", ", round));
            }
            double middle = median(perSecond);
            double cpu = median(rounds.stream().mapToDouble(Cost::cpuMicros).toArray());
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %.2f | %.1f | %.2f |%n",
                    what,
                    each,
                    middle,
                    middle / bare,
                    middle / engine,
                    cpu);
        });
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private Process capture(Hippo hippo) throws Exception {
        return pipeline.ready("capture", hippo.hippo, "-Xmx512m", "-XX:+UseParallelGC");
    }

    private Cost read(Hippo hippo, Process process, int count) throws IOException {
        return Objects.requireNonNull(topics.get(hippo)).await(count, () -> cpu(process));
    }

    private static long cpu(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    private Cost engine(int changes) throws Exception {
        Process process = startEngine(changes);
        if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException("Debezium's engine failed:\n" + Files.readString(pipeline.file("engine.out")));
        }
        String[] measured = Files.readString(pipeline.file("engine.result")).split(" ", -1);
        return new Cost(Double.parseDouble(measured[0]), Double.parseDouble(measured[1]));
    }

    /** As it comes, with the sizes of batches and queues that our own use of its connectors has. */
    private Process startEngine(int changes) throws IOException {
        Properties properties = new Properties();
        properties.putAll(orders.connector());
        properties.putAll(Map.of(
                "name", "engine",
                "topic.prefix", "engine",
                "snapshot.mode", "no_data",
                "offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore",
                "offset.storage.file.filename", pipeline.file("engine.offsets").toString(),
                "schema.history.internal.file.filename",
                        pipeline.file("engine.history").toString(),
                "max.batch.size", "8192",
                "max.queue.size", "65536"));
        Path file = pipeline.file("engine.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        String classPath = String.join(":", "bench/target/classes", "bench/target/engine/*");
        return pipeline.java(
                "engine",
                List.of(
                        "-Xmx512m",
                        "-XX:+UseParallelGC",
                        "-cp",
                        classPath,
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
                EngineLoop.class.getName(),
                file.toString(),
                Integer.toString(changes),
                pipeline.file("engine.result").toString());
    }
}
