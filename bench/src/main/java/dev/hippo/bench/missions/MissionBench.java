// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.missions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.bench.BenchPipeline;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends notices to hippos and prints Markdown tables: how long until the job of each has started, at several rates, and how many missions a second an
 * integrator gets through its state machine, with one rule and with ten thousand. Arguments: the lib folder (lib), missions for each rate of jobs in
 * seconds (20), missions for the state machine (50,000), rounds (5).
 */
public final class MissionBench {
    private static final int[] RATES = {1, 50, 200};
    private static final int RULES = 10_000;
    /** Until then the compilers of broker and service take a good part of two cores. */
    private static final int WARM_SECONDS = 40;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final BenchPipeline pipeline;
    private final KafkaConnection kafka;

    private MissionBench(BenchPipeline pipeline, KafkaConnection kafka) {
        this.pipeline = pipeline;
        this.kafka = kafka;
    }

    public static void main(String[] args) throws Exception {
        Path lib = Path.of(args.length > 0 ? args[0] : "lib").toAbsolutePath();
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        int missions = args.length > 2 ? Integer.parseInt(args[2]) : 50_000;
        int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 5;
        try (BenchPipeline pipeline = BenchPipeline.of(lib, file())) {
            MissionBench bench = new MissionBench(pipeline, pipeline.startKafka());
            bench.jobs(seconds);
            bench.stateMachine(missions, rounds);
        }
    }

    /** One hippo that runs a trivial job, two that only tell. */
    private static String file() {
        String rules = IntStream.range(0, RULES)
                .mapToObj(i -> "      - {topic: ruled, db: d" + i % 7 + ", "
                        + (i % 2 == 0 ? "table: table_" + i : "table: wide, partition: {part: p" + i + "}") + "}\n")
                .collect(Collectors.joining());
        return "pipeline: bench\nhippos:\n"
                + "  job: {on: {topic: jobs}, concurrency: 50,"
                + " run: 'echo \"$HIPPO_PARTITION $EPOCHREALTIME\" >> started'}\n"
                + "  one: {kind: integrator, on: {topic: single}, concurrency: 100}\n"
                + "  many:\n    kind: integrator\n    concurrency: 100\n    on:\n" + rules;
    }

    private void jobs(int seconds) throws IOException, InterruptedException {
        Process hippo = pipeline.ready(
                "batch", "job", "-Xmx192m", "-XX:+UseSerialGC", "-Djdk.lang.Process.launchMechanism=VFORK");
        System.out.println("| missions/s | missions | notice to job p50 ms | p99 ms | longest ms |");
        System.out.println("| ---: | ---: | ---: | ---: | ---: |");
        int fastest = RATES[RATES.length - 1];
        millis(send("jobs", "warm", fastest, fastest * WARM_SECONDS), "warm");
        for (int rate : RATES) {
            Map<String, Long> sent = send("jobs", "r" + rate, rate, rate * seconds);
            double[] millis = millis(sent, "r" + rate);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %,d | %.1f | %.1f | %.1f |%n",
                    rate,
                    millis.length,
                    millis[millis.length / 2],
                    millis[(int) (millis.length * 0.99)],
                    millis[millis.length - 1]);
        }
        BenchPipeline.stop(hippo);
        System.out.println();
    }

    /** Sends notices at a steady rate; the time of each in microseconds since 1970. */
    private Map<String, Long> send(String topic, String name, int rate, int count) {
        Map<String, Long> sent = new HashMap<>();
        Map<String, Object> client = kafka.clientProperties("notices");
        client.put("linger.ms", 0);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            long begun = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long due = begun + i * TimeUnit.SECONDS.toNanos(1) / rate;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                String partition = name + "-" + i;
                Instant now = Instant.now();
                sent.put(partition, TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000);
                producer.send(new ProducerRecord<>(topic, notice("t", "d", "p", partition)));
            }
        }
        return sent;
    }

    /** About one partition, whose columns and values alternate. */
    private static String notice(String table, String db, String... partition) {
        return "{\"table\":\"" + table + "\",\"db\":\"" + db
                + "\",\"method\":\"overwrite_partition\",\"exec_date\":\"1493394946\",\"partition\":["
                + IntStream.range(0, partition.length / 2)
                        .mapToObj(i ->
                                "{\"name\":\"" + partition[2 * i] + "\",\"value\":\"" + partition[2 * i + 1] + "\"}")
                        .collect(Collectors.joining(","))
                + "]}";
    }

    /** From the sending of each notice to the first line of its job, sorted. */
    private double[] millis(Map<String, Long> sent, String name) throws IOException {
        Path started = pipeline.file("started");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        List<String> lines = List.of();
        while (lines.size() < sent.size() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            lines = Files.readAllLines(started).stream()
                    .filter(line -> line.startsWith(name + "-"))
                    .toList();
        }
        if (lines.size() != sent.size()) {
            throw new IllegalStateException(lines.size() + " jobs for " + sent.size() + " notices");
        }
        return lines.stream()
                .mapToDouble(line -> {
                    int space = line.indexOf(' ');
                    long at = Long.parseLong(line.substring(space + 1).replaceAll("[.,]", ""));
                    return (at - sent.getOrDefault(line.substring(0, space), 0L)) / 1e3;
                })
                .sorted()
                .toArray();
    }

    private void stateMachine(int missions, int rounds) throws Exception {
        System.out.println("| hippo | rules | missions | missions/s, median |");
        System.out.println("| --- | ---: | ---: | ---: |");
        for (String hippo : List.of("one", "many")) {
            Process process = pipeline.ready("batch", hippo, "-Xmx512m", "-XX:+UseParallelGC");
            double[] rates = new double[rounds];
            for (int round = -1; round < rounds; round++) {
                double rate = round(hippo, missions, round);
                System.err.printf(Locale.ROOT, "%s round %d: %,.0f missions/s%n", hippo, round, rate);
                if (round >= 0) {
                    rates[round] = rate;
                }
            }
            BenchPipeline.stop(process);
            Arrays.sort(rates);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %,.0f |%n",
                    hippo,
                    hippo.equals("one") ? 1 : RULES,
                    missions,
                    rates[rounds / 2]);
        }
    }

    /** From the first finish message of a round to the last, by the clock of who reads them. */
    private double round(String hippo, int missions, int round) throws KafkaUnavailable, IOException {
        String topic = hippo.equals("one") ? "single" : "ruled";
        try (TopicReader reader = TopicReader.open(kafka, "finishes", "hippo-finish")) {
            reader.start(0);
            Map<String, Object> client = kafka.clientProperties("load");
            client.put("linger.ms", 5);
            long begun = System.nanoTime();
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
                for (int i = 0; i < missions; i++) {
                    int rule = i % RULES;
                    String table = rule % 2 == 0 || hippo.equals("one") ? "table_" + rule : "wide";
                    producer.send(new ProducerRecord<>(
                            topic, notice(table, "d" + rule % 7, "p", "round" + round + "-" + i, "part", "p" + rule)));
                }
            }
            int seen = 0;
            while (seen < missions) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(50))) {
                    JsonNode message = JSON.readTree(record.value());
                    seen += message.path("hippo_name").asText().equals(hippo) ? 1 : 0;
                }
            }
            return missions * 1e9 / (System.nanoTime() - begun);
        }
    }
}
