// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the step's process with -9 while events come, and counts by key what readers of committed records see. */
class ExactlyOnceIT {
    private static final int KILLS = Integer.getInteger("hippo.kill.rounds", 2);
    private static final int PRODUCTS = 7;
    private static final String PIPELINE = """
            topics:
              sales: {contract: shop.v1.Order, key: order_id, time: at, partitions: 3}
              copies: {contract: shop.v1.PricedOrder, key: order_id, partitions: 2}
              sums: {contract: shop.v1.Total, key: product, changelog: true, partitions: 2}
            hippos:
              step:
                kind: stream-etl
                engine: {flink: {checkpoint: 300ms}}
                subscribe: sales
                publish: [copies, sums]
                sql: step.sql
            """;
    private static final String SQL = """
            INSERT INTO copies SELECT order_id, product, CAST(NULL AS DOUBLE) AS price FROM sales;
            INSERT INTO sums SELECT product, SUM(amount) AS amount, COUNT(*) AS orders FROM sales GROUP BY product;
            """;

    @TempDir
    Path folder;

    @Test
    void everyRecordCountsOnceHoweverOftenTheStepDies() throws Exception {
        try (Step step = new Step(folder, "once", PIPELINE, SQL);
                CommittedRecords copies = step.reader("copies");
                CommittedRecords sums = step.reader("sums")) {
            Load load = new Load(step);
            Thread thread = new Thread(load, "load");
            step.start();
            thread.start();
            Random random = new Random(20_260_101);
            try {
                for (int kill = 0; kill < KILLS; kill++) {
                    int seen = copies.poll().size();
                    long checkpoints = step.checkpoints().stream()
                            .mapToLong(Step::number)
                            .max()
                            .orElse(0);
                    // at any moment between two checkpoints
                    Awaitility.await("the step goes on")
                            .atMost(Duration.ofMinutes(2))
                            .pollDelay(Duration.ofMillis(random.nextInt(600)))
                            .pollInterval(Duration.ofMillis(50))
                            .until(() -> copies.poll().size() > seen + 100
                                    && step.checkpoints().stream().anyMatch(c -> Step.number(c) > checkpoints + 1));
                    step.kill();
                    Path newest = step.checkpoints().get(step.checkpoints().size() - 1);
                    if (kill == KILLS - 1) {
                        cutOffCheckpoint(newest);
                    }
                    step.start();
                    assertThat(step.log()).contains("from=file:" + newest);
                }
            } finally {
                load.enough.set(true);
                thread.join(Duration.ofMinutes(1).toMillis());
            }
            assertThat(load.failure.get()).isNull();
            int sent = load.sent.get();
            assertThat(sent).isGreaterThan(100 * KILLS);

            Awaitility.await("all are copied and summed")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> copies.poll().size() >= sent
                            && last(sums).values().stream()
                                            .mapToLong(Totals::orders)
                                            .sum()
                                    >= sent);
            Map<String, Integer> copied = new HashMap<>();
            copies.poll().forEach(record -> copied.merge(key(record), 1, Integer::sum));
            assertThat(copied.values()).as("copies of each event").containsOnly(1);
            assertThat(copied).hasSize(sent);
            Map<String, Totals> expected = new HashMap<>();
            for (int i = 1; i <= sent; i++) {
                expected.merge("p" + i % PRODUCTS, new Totals(i, 1), Totals::plus);
            }
            assertThat(last(sums)).isEqualTo(expected);
        }
    }

    /** What a crash leaves in the middle of a checkpoint: a folder with a higher number, and half of its metadata. */
    private static void cutOffCheckpoint(Path newest) throws Exception {
        byte[] metadata = Files.readAllBytes(newest.resolve("_metadata"));
        Path next = newest.resolveSibling("chk-" + (Step.number(newest) + 1));
        Files.createDirectories(next);
        Files.write(next.resolve("_metadata"), Arrays.copyOf(metadata, metadata.length / 2));
    }

    private record Totals(long amount, long orders) {
        Totals plus(Totals other) {
            return new Totals(amount + other.amount, orders + other.orders);
        }
    }

    private static Map<String, Totals> last(CommittedRecords sums) {
        Map<String, Totals> last = new HashMap<>();
        for (String text : sums.texts()) {
            String[] numbers = text.replaceAll(".*\"amount\":\"(\\d+)\",\"orders\":\"(\\d+)\".*", "$1 $2")
                    .split(" ", 2);
            last.put(
                    text.substring(0, text.indexOf('=')),
                    new Totals(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])));
        }
        return last;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    /** Sends numbered events, some hundreds a second. */
    private static final class Load implements Runnable {
        private final Step step;
        private final AtomicBoolean enough = new AtomicBoolean();
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicReference<Exception> failure = new AtomicReference<>();

        Load(Step step) {
            this.step = step;
        }

        @Override
        public void run() {
            try {
                while (!enough.get()) {
                    for (int i = 0; i < 20; i++) {
                        int number = sent.get() + 1;
                        step.send(
                                "sales",
                                "o" + number,
                                "{\"orderId\": \"o" + number + "\", \"product\": \"p" + number % PRODUCTS
                                        + "\", \"amount\": \"" + number + "\", \"at\": \"2026-01-01T12:00:00Z\"}");
                        sent.incrementAndGet();
                    }
                    step.flush();
                    Awaitility.await().pollDelay(Duration.ofMillis(20)).until(() -> true);
                }
            } catch (Exception e) {
                failure.set(e);
            }
        }
    }
}
