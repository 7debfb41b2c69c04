// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.capture.destination.DestinationService;
import dev.hippo.wire.snapshot.SnapshotOrder;
import dev.hippo.wire.snapshot.SnapshotProgress;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A copy of a captured table in a database, and how it is compared with what it should have. */
abstract class CopyTests extends OrderedRowsTests {
    @Test
    void aCopyInWholeTransactionsIsEqualToTheTable() throws Exception {
        String to = table + "_copy";
        new Running();
        DestinationService copy = copy(to, true);
        copy.start();
        try {
            awaitCopied(to);
            String large = new Random(1)
                    .ints(12_000, 'a', 'z' + 1)
                    .mapToObj(letter -> String.valueOf((char) letter))
                    .collect(Collectors.joining());
            transaction(
                    "update " + table + " set id = id + 1000 where id < 10",
                    "update " + table + " set owner = '" + large + "' where id in (30, 31)",
                    "delete from " + table + " where id = 20",
                    "insert into " + table + " values (20, 'again', null), (2000, 'new', 1)");
            transaction(
                    "update " + table + " set balance = 7 where id in (30, 31)",
                    "delete from " + table + " where id = 31",
                    "update " + table + " set id = 31 where id = 30");
            awaitCopied(to);
            assertThat(there(to).get("31")).contains(large);
            execute("truncate table " + table, "insert into " + table + " values (1, 'first', 1)");
            awaitCopied(to);
        } finally {
            copy.stop();
        }
    }

    private void awaitCopied(String to) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(there(to)).isEqualTo(there()));
    }

    @Test
    void aCopyInWholeTransactionsIsComparedAndMended() throws Exception {
        compareAndMend(true);
    }

    @Test
    void aCopyOfLatestRowsIsComparedAndMended() throws Exception {
        compareAndMend(false);
    }

    private void compareAndMend(boolean whole) throws Exception {
        String to = table + "_copy";
        DestinationService copy = copy(to, whole);
        new Running();
        copy.start();
        try {
            awaitCopied(to);
            Verify verify = verify();
            execute("update " + table + " set balance = 5 where id = 5");
            JsonNode same = verify.copy(table, pipeline.hippos().get("copy"), 10);
            assertThat(same.path("rows").asInt()).isEqualTo(100);
            assertThat(same.path("differences")).isEmpty();
            execute(
                    "delete from " + to + " where id = 7",
                    "update " + to + " set balance = 0.01, owner = 'Owner 8' where id = 8",
                    "insert into " + to + " values (9000, 'Zoe', 1)");
            JsonNode said = verify.copy(table, pipeline.hippos().get("copy"), 10);
            assertThat(said.path("differences").findValuesAsText("key")).containsExactlyInAnyOrder("7", "8", "9000");
            assertThat(said.path("differences").findValuesAsText("words"))
                    .containsExactlyInAnyOrder("missing in the copy", "different", "not in the topic any more");
            assertThat(said.path("differences").findValues("fields").toString()).contains("[\"owner\",\"balance\"]");
            assertThat(verify.copy(table, pipeline.hippos().get("copy"), 1).path("differences"))
                    .hasSize(1);
            for (JsonNode difference : said.path("differences")) {
                Map<String, String> row = Map.of("id", difference.path("key").asText());
                SnapshotOrder order = order(row, row, difference.path("gone").asText());
                await().atMost(LONG).until(() -> progress(order).state() == SnapshotProgress.State.DONE);
            }
            awaitCopied(to);
            partition(to);
            assertThat(verify.copy(table, pipeline.hippos().get("copy"), 10).path("differences"))
                    .isEmpty();
        } finally {
            copy.stop();
        }
    }
}
