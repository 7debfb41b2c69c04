// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step makes of its topics: a join with what was known at the time, a total per key that comes and goes, and what does not parse. */
class StepIT {
    private static final String PIPELINE = """
            topics:
              orders: {contract: shop.v1.Order, key: order_id, time: at, partitions: 2}
              prices: {contract: shop.v1.Price, key: product, time: at, changelog: true, partitions: 1}
              priced: {contract: shop.v1.PricedOrder, key: order_id}
              totals: {contract: shop.v1.Total, key: product, changelog: true}
            hippos:
              step:
                kind: stream-etl
                engine: {flink: {checkpoint: 500ms}}
                subscribe: [orders, prices]
                publish: [priced, totals]
                sql: step.sql
            """;
    private static final String SQL = """
            INSERT INTO priced
            SELECT o.order_id, o.product, p.price
            FROM orders AS o
            LEFT JOIN prices FOR SYSTEM_TIME AS OF o.`at` AS p ON p.product = o.product;

            -- a product of which nothing is left disappears
            INSERT INTO totals
            SELECT product, SUM(amount) AS amount, COUNT(*) AS orders
            FROM orders GROUP BY product HAVING SUM(amount) <> 0;
            """;

    @TempDir
    Path folder;

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200));
    }

    private static String order(String id, String product, int amount, String time) {
        return "{\"orderId\": \"" + id + "\", \"product\": \"" + product + "\", \"amount\": \"" + amount
                + "\", \"at\": \"2026-01-01T" + time + "Z\"}";
    }

    private static String price(String product, double price, String time) {
        return "{\"product\": \"" + product + "\", \"price\": " + price + ", \"at\": \"2026-01-01T" + time + "Z\"}";
    }

    @Test
    void joinsCountsDeletesAndSetsAside() throws Exception {
        try (Step step = new Step(folder, "shop", PIPELINE, SQL);
                CommittedRecords priced = step.reader("priced");
                CommittedRecords totals = step.reader("totals");
                CommittedRecords rejected = step.reader("orders.rejected")) {
            step.send("prices", "tea", price("tea", 2, "12:00:10"));
            step.send("prices", "tea", price("tea", 3, "12:00:20"));
            step.send("prices", "cup", price("cup", 7, "12:00:10"));
            step.flush();
            step.sendRaw("prices", 0, Instant.parse("2026-01-01T12:00:40Z"), "cup", null);
            step.send("orders", "o1", order("o1", "tea", 1, "12:00:05"));
            step.send("orders", "o2", order("o2", "tea", 2, "12:00:15"));
            step.send("orders", "o3", order("o3", "tea", 4, "12:00:25"));
            step.send("orders", "o4", order("o4", "cup", 8, "12:00:45"));
            step.send("orders", "o5", order("o5", "salt", 5, "12:00:46"));
            Instant now = InstantSource.system().instant();
            byte[] damaged = {10, 99, 'x'};
            long first = step.sendRaw("orders", 1, now, "bad", damaged);
            long second = step.sendRaw("orders", 1, now, "bad", null);
            long third = step.sendRaw("orders", 1, now, "bad", "\n\002o9".getBytes(StandardCharsets.UTF_8));
            // time goes on only with what comes later
            step.send("orders", "o6", order("o6", "salt", 6, "12:10:00"));
            step.flush();
            step.start();

            await("the totals")
                    .untilAsserted(() -> assertThat(totals.texts())
                            .contains(
                                    "tea={\"product\":\"tea\",\"amount\":\"7\",\"orders\":\"3\"}",
                                    "salt={\"product\":\"salt\",\"amount\":\"11\",\"orders\":\"2\"}"));
            step.send("orders", "o7", order("o7", "salt", -11, "12:10:01"));
            step.flush();
            await("salt is deleted").until(() -> totals.texts().contains("salt=null"));

            await("the orders that time has passed").until(() -> priced.texts(), texts -> texts.size() >= 7);
            assertThat(priced.texts())
                    .as("each order with the price of its time: none yet, 2, 3, deleted")
                    .containsExactlyInAnyOrder(
                            "o1={\"orderId\":\"o1\",\"product\":\"tea\"}",
                            "o2={\"orderId\":\"o2\",\"product\":\"tea\",\"price\":2.0}",
                            "o3={\"orderId\":\"o3\",\"product\":\"tea\",\"price\":3.0}",
                            "o4={\"orderId\":\"o4\",\"product\":\"cup\"}",
                            "o5={\"orderId\":\"o5\",\"product\":\"salt\"}",
                            "o6={\"orderId\":\"o6\",\"product\":\"salt\"}",
                            "o7={\"orderId\":\"o7\",\"product\":\"salt\"}");

            await("what does not parse").until(() -> rejected.poll(), records -> records.size() >= 3);
            assertThat(rejected.poll())
                    .extracting(record -> header(record, "hippo_rejected_at"))
                    .containsExactly("orders/1/" + first, "orders/1/" + second, "orders/1/" + third);
            assertThat(rejected.poll().get(0).value()).isEqualTo(damaged);
            assertThat(rejected.poll())
                    .extracting(record -> header(record, "hippo_rejected_because"))
                    .satisfiesExactly(
                            because -> assertThat(because).contains("longer than the message"),
                            because -> assertThat(because).contains("no value"),
                            because -> assertThat(because).contains("'at' is absent"));
            assertThat(header(rejected.poll().get(0), "hippo_rejected_by")).isEqualTo("step");
            await("the metrics")
                    .untilAsserted(() -> assertThat(step.metrics().lines())
                            .contains(
                                    "hippo_events_in_total 14.0",
                                    "hippo_events_rejected_total 3.0",
                                    "hippo_lag_events 0.0"));
        }
    }

    /** The broker is the same for all tests: their topics have names of their own. */
    private static final String LINES = """
            topics:
              lines: {contract: shop.v1.OrderLine, key: [order_id, place], changelog: true, partitions: 2}
              list: {contract: shop.v1.Price, key: product, changelog: true, partitions: 1}
              sold: {contract: shop.v1.PricedLine, key: [place, order_id], changelog: true, partitions: 2}
              counted: {contract: shop.v1.Total, key: product, changelog: true}
              large: {contract: shop.v1.LargeLine, key: [order_id, place], changelog: true}
            hippos:
              step:
                kind: stream-etl
                engine: {flink: {checkpoint: 500ms}}
                subscribe: [lines, list]
                publish: [sold, counted, large]
                sql: step.sql
            """;

    private static final String LINES_SQL = """
            INSERT INTO sold (order_id, place, product, price)
            SELECT l.order_id, l.place, l.product, p.price
            FROM lines AS l JOIN list AS p ON p.product = l.product
            ON CONFLICT DO DEDUPLICATE;

            INSERT INTO counted
            SELECT product, SUM(amount) AS amount, COUNT(*) AS orders FROM lines GROUP BY product;

            -- the same topic under another contract: some of its rows, columns in a message
            INSERT INTO large
            SELECT order_id, place, ROW(product, amount) AS content FROM lines WHERE amount >= 5;
            """;

    private static void line(Step step, String order, int place, String product, int amount) throws Exception {
        step.send(
                "lines",
                "[\"" + order + "\",\"" + place + "\"]",
                "{\"orderId\": \"" + order + "\", \"place\": " + place + ", \"product\": \"" + product
                        + "\", \"amount\": \"" + amount + "\"}");
    }

    @Test
    void rowsWithAKeyOfTwoFieldsAreJoinedCountedAndDeleted() throws Exception {
        try (Step step = new Step(folder, "lines", LINES, LINES_SQL);
                CommittedRecords priced = step.reader("sold");
                CommittedRecords totals = step.reader("counted");
                CommittedRecords large = step.reader("large");
                CommittedRecords rejected = step.reader("lines.rejected")) {
            step.send("list", "tea", price("tea", 2, "12:00:00"));
            step.send("list", "cup", price("cup", 7, "12:00:00"));
            line(step, "o1", 1, "tea", 5);
            line(step, "o1", 2, "cup", 1);
            line(step, "o2", 1, "tea", 2);
            step.flush();
            step.start();
            await("the joined lines")
                    .untilAsserted(() -> assertThat(priced.latest())
                            .isEqualTo(Map.of(
                                    "[\"1\",\"o1\"]",
                                    "{\"orderId\":\"o1\",\"place\":1,\"product\":\"tea\",\"price\":2.0}",
                                    "[\"2\",\"o1\"]",
                                    "{\"orderId\":\"o1\",\"place\":2,\"product\":\"cup\",\"price\":7.0}",
                                    "[\"1\",\"o2\"]",
                                    "{\"orderId\":\"o2\",\"place\":1,\"product\":\"tea\",\"price\":2.0}")));
            await("the totals")
                    .untilAsserted(() -> assertThat(totals.latest())
                            .isEqualTo(Map.of(
                                    "tea",
                                    "{\"product\":\"tea\",\"amount\":\"7\",\"orders\":\"2\"}",
                                    "cup",
                                    "{\"product\":\"cup\",\"amount\":\"1\",\"orders\":\"1\"}")));

            await("the large lines")
                    .untilAsserted(
                            () -> assertThat(large.latest())
                                    .isEqualTo(
                                            Map.of(
                                                    "[\"o1\",\"1\"]",
                                                    "{\"orderId\":\"o1\",\"place\":1,\"content\":{\"product\":\"tea\",\"amount\":\"5\"}}")));

            step.delete("lines", "[\"o1\",\"1\"]");
            step.delete("lines", "[\"o1\", \"2\"]");
            line(step, "o1", 2, "tea", 10);
            step.flush();
            await("one line is deleted, one is changed")
                    .untilAsserted(() -> assertThat(priced.latest())
                            .isEqualTo(Map.of(
                                    "[\"2\",\"o1\"]",
                                    "{\"orderId\":\"o1\",\"place\":2,\"product\":\"tea\",\"price\":2.0}",
                                    "[\"1\",\"o2\"]",
                                    "{\"orderId\":\"o2\",\"place\":1,\"product\":\"tea\",\"price\":2.0}")));
            await("the totals of what is left")
                    .untilAsserted(() -> assertThat(totals.latest())
                            .isEqualTo(Map.of("tea", "{\"product\":\"tea\",\"amount\":\"12\",\"orders\":\"2\"}")));
            await("the large lines of what is left")
                    .untilAsserted(
                            () -> assertThat(large.latest())
                                    .isEqualTo(
                                            Map.of(
                                                    "[\"o1\",\"2\"]",
                                                    "{\"orderId\":\"o1\",\"place\":2,\"content\":{\"product\":\"tea\",\"amount\":\"10\"}}")));
            await("a key with a blank").until(() -> rejected.poll(), records -> !records.isEmpty());
            assertThat(header(rejected.poll().get(0), "hippo_rejected_because"))
                    .contains("is not that of order_id, place");
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void aMistakeInTheSqlIsToldAtItsPlace() throws Exception {
        Step.write(
                folder,
                "typo",
                PIPELINE,
                "INSERT INTO totals SELECT product, 1 AS amount, 1 AS ordres, 1 AS orders FROM orders");
        List<String> told;
        try (JavaProcess check = JavaProcess.start(
                folder.resolve("check.out"),
                List.of("-Xmx256m", "-cp", JavaProcess.lib("flink") + "/*"),
                "dev.hippo.flink.Check",
                List.of("--pipeline", folder.resolve("pipeline.yaml").toString()))) {
            await("the check").until(() -> !check.isAlive());
            told = check.output().lines().toList();
        }
        assertThat(told)
                .singleElement()
                .asString()
                .contains(
                        "\"file\":\"step.sql\",\"line\":1,\"column\":54",
                        "'ordres' is no field of shop.v1.Total",
                        "did you mean 'orders'");
    }
}
