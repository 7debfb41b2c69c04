// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changelogs become tables of their latest rows. */
final class LakeMergeIT extends OnABroker {
    private static final int KEYS = 1_500;

    /** What the topic's last record of each key says. Owned by the feeder until that has ended. */
    private final Map<String, Long> truth = new TreeMap<>();

    private final Random random = new Random(11);
    private long number;

    private List<Map.Entry<String, byte @Nullable []>> changes(TestLake lake, int count) throws Exception {
        List<Map.Entry<String, byte @Nullable []>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = "o" + random.nextInt(KEYS);
            if (random.nextInt(4) == 0) {
                truth.remove(id);
                records.add(new SimpleEntry<>(id, null));
            } else {
                number++;
                truth.put(id, number);
                records.add(new SimpleEntry<>(
                        id, lake.contract().json().toBytes("{\"id\": \"" + id + "\", \"cents\": " + number + "}")));
            }
        }
        return records;
    }

    private List<String> expected() {
        return truth.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .sorted()
                .toList();
    }

    private static List<String> rows(TestLake lake) throws Exception {
        return lake.query("select id || '=' || cents from t").stream().sorted().toList();
    }

    @Test
    void aProcessKilledWhileItMergesLeavesTheLastRowOfEachKey() throws Exception {
        TestLake lake = new TestLake(broker, folder)
                .asChangelog()
                .withTopicPartitions(2)
                .with(ORDERS);
        Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: %s
                kafka: {bootstrapServers: "%s"}
                topics: {%s: {contract: shop.v1.Order, key: id, partitions: 2, changelog: true}}
                tables: {t: {contract: shop.v1.Order}}
                hippos: {lake: {subscribe: %s, write: t, commit: {interval: 50ms}}}
                """.formatted(
                        lake.topic(), broker.bootstrapServers(), lake.topic(), lake.topic()));
        ScheduledExecutorService feeder = Executors.newSingleThreadScheduledExecutor();
        ScheduledFuture<?> feeding = feeder.scheduleAtFixedRate(() -> feed(lake), 0, 100, TimeUnit.MILLISECONDS);
        WriterProcess writer = new WriterProcess(folder, lake.location());
        int orphans = 0;
        // more often only if each kill came after the commit that it was to hit
        for (int kill = 0; kill < 2 || (orphans == 0 && kill < 30); kill++) {
            writer.killWhileItCommits();
            orphans = writer.unnamed().size();
        }
        feeder.shutdown();
        assertThat(feeder.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(feeding.isCancelled()).as("no feeding failed before the end").isTrue();
        writer.runUntil(() -> rows(lake).equals(expected()));
        assertThat(rows(lake)).isEqualTo(expected()).hasSizeGreaterThan(100);
        assertThat(orphans).as("kills that hit between writing and committing").isPositive();
        assertThat(new TableReader(lake.location()).actions("txn"))
                .extracting(txn -> txn.path("version").asLong())
                .doesNotHaveDuplicates();
    }

    private void feed(TestLake lake) {
        try {
            lake.sendKeyed(changes(lake, 200));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ofEachKeyTheLastRecordCountsAndSaysWhereItCameFrom() throws Exception {
        TestLake lake = new TestLake(broker, folder).asChangelog().withHeaders().with(ORDERS);
        lake.sendKeyed(changes(lake, 2_000));
        lake.land(2_000);
        assertThat(rows(lake)).isEqualTo(expected());
        lake.sendKeyed(changes(lake, 300));
        // a row of another key, no row at all, and a key that is none
        lake.sendKeyed(List.of(
                new SimpleEntry<>("o1", lake.contract().json().toBytes("{\"id\": \"o2\"}")),
                new SimpleEntry<>("o1", new byte[] {0x0a, 99})));
        lake.sendKeyed(
                List.of(new SimpleEntry<>("last", lake.contract().json().toBytes("{\"id\": \"last\", \"cents\": 5}"))));
        truth.put("last", 5L);
        lake.restarted().land(301);
        assertThat(rows(lake)).isEqualTo(expected());
        assertThat(lake.query("select _offset || '/' || _partition from t where id = 'last'"))
                .containsExactly("2302/0");
        assertThat(lake.context().progress().rejected()).isEqualTo(2);
        assertThat(lake.rejected(2)).hasSize(2);
        List<JsonNode> notices = lake.notices(1);
        assertThat(notices.get(0).path("method").asText()).isEqualTo("merge");
        assertThat(notices.get(0).path("rows").asLong()).isBetween(1L, (long) KEYS);
    }
}
