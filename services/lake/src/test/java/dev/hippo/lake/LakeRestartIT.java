// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A writer is stopped, killed, doubled and kept waiting, and each record is in the table once. */
final class LakeRestartIT extends OnABroker {
    private static final String COUNTS = "select count(*) || '/' || count(distinct id) || '/' || sum(cents) from t";
    private static final Duration LONG = Duration.ofMinutes(2);

    private TestLake lake() {
        return new TestLake(broker, folder);
    }

    @Test
    void eachRecordIsInTheTableOnceAcrossRestarts() throws Exception {
        TestLake lake = lake().withTopicPartitions(3).with(ORDERS);
        lake.send(0, orders(0, 500));
        lake.land(500);
        lake.send(500, orders(500, 700));
        lake.restarted().land(200);
        lake.restarted().land(0);
        assertThat(lake.query(COUNTS)).containsExactly("700/700/" + 699 * 700 / 2);
    }

    @Test
    void aTopicOfWhichNothingParsesIsRejectedOnce() throws Exception {
        TestLake lake = lake().with(ORDERS);
        lake.sendBytes(0, Arrays.asList(new byte[] {0x0a, 99}, new byte[] {0x0a}, null));
        LakeWriter writer = lake.writer();
        writer.open();
        Thread running = lake.start(writer);
        await().atMost(LONG).until(() -> lake.context().progress().position().equals("version 1"));
        writer.askToStop();
        running.join();
        writer.close();
        lake.restarted().send(3, orders(0, 1));
        lake.land(1);
        assertThat(lake.context().progress().rejected()).isZero();
        assertThat(lake.rejected(3)).hasSize(3);
    }

    @Test
    void aTwinIsFencedAndWritesNothing() throws Exception {
        TestLake lake = lake().with(ORDERS);
        lake.send(0, orders(0, 50));
        LakeWriter twin = lake.writer();
        HippoContext twins = lake.context();
        LakeWriter first = lake.restarted().writer();
        first.open();
        twin.open();
        lake.land(50, first);
        Thread running = lake.start(twin);
        running.join(LONG.toMillis());
        twin.close();
        assertThat(lake.failure()).isInstanceOf(HippoFailure.class).hasMessageContaining("another process has written");
        assertThat(twins.progress().in()).isEqualTo(50);
        assertThat(twins.progress().out()).isZero();
        lake.restarted().land(0);
        assertThat(lake.query(COUNTS)).containsExactly("50/50/1225");
    }

    @Test
    void recordsThatRetentionDeletedBeforeTheyWereReadAreNotPassedOverInSilence() throws Exception {
        TestLake lake = lake().with(ORDERS);
        lake.send(0, orders(0, 10));
        lake.land(10);
        lake.send(10, orders(10, 30));
        try (Admin admin = Admin.create(lake.context().kafka().clientProperties("test"))) {
            admin.deleteRecords(Map.of(new TopicPartition(lake.topic(), 0), RecordsToDelete.beforeOffset(20)))
                    .all()
                    .get();
        }
        LakeWriter late = lake.restarted().writer();
        assertThatThrownBy(late::open)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("begins at offset 20")
                .hasMessageContaining("only what is before 10");
        late.close();
    }

    /** The real process is killed, three times or more, each when it has committed and then written a data file that no version names yet; then it runs to the end. */
    @Test
    void aProcessKilledWhileItCommitsWritesEachRecordOnce() throws Exception {
        TestLake lake = lake().withTopicPartitions(2).with(ORDERS);
        Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: %s
                kafka: {bootstrapServers: "%s"}
                topics: {%s: {contract: shop.v1.Order, key: id, partitions: 2}}
                tables: {t: {contract: shop.v1.Order}}
                hippos: {lake: {subscribe: %s, write: t, commit: {interval: 50ms, size: 100KiB}}}
                """.formatted(
                        lake.topic(), broker.bootstrapServers(), lake.topic(), lake.topic()));
        AtomicInteger sent = new AtomicInteger();
        ScheduledExecutorService feeder = Executors.newSingleThreadScheduledExecutor();
        feeder.scheduleAtFixedRate(() -> feed(lake, sent), 0, 100, TimeUnit.MILLISECONDS);
        WriterProcess writer = new WriterProcess(folder, lake.location());
        int orphans = 0;
        // more often only if each kill came after the commit that it was to hit
        for (int kill = 0; kill < 3 || (orphans == 0 && kill < 30); kill++) {
            writer.killWhileItCommits();
            orphans = writer.unnamed().size();
        }
        feeder.shutdown();
        assertThat(feeder.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        long total = sent.get();
        writer.runUntil(() -> lake.query("select count(*) from t").equals(List.of("" + total)));
        assertThat(lake.query(COUNTS)).containsExactly(total + "/" + total + "/" + (total - 1) * total / 2);
        assertThat(orphans).as("kills that hit between writing and committing").isPositive();
        List<JsonNode> transactions = new TableReader(lake.location()).actions("txn");
        assertThat(transactions).extracting(txn -> txn.path("version").asLong()).doesNotHaveDuplicates();
    }

    private static void feed(TestLake lake, AtomicInteger sent) {
        try {
            int from = sent.get();
            lake.send(from, orders(from, from + 250));
            sent.addAndGet(250);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
