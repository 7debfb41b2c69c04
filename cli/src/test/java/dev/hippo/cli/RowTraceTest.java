// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads of a row's latest change. */
class RowTraceTest {
    private static List<String> lines(String more) throws Exception {
        return RowTrace.lines(new ObjectMapper()
                .readTree(
                        "{\"table\": \"public.accounts\", \"hippo\": \"bank-db\", \"topic\": \"accounts\", \"key\": \"17\","
                                + " \"partition\": 1, \"offset\": 123, \"capturedAt\": \"2026-11-21T10:00:00.250Z\","
                                + " \"writtenAt\": \"2026-11-21T10:00:00.260Z\", " + more + "}"));
    }

    @Test
    void theWayOfAChangeIsToldStepByStep() throws Exception {
        List<String> lines = lines(
                "\"position\": \"0-1-4711/3\", \"committedAt\": \"2026-11-21T10:00:00.123Z\","
                        + " \"deleted\": false, \"row\": {\"id\": \"17\"}, \"readers\": [{\"name\": \"join\"},"
                        + " {\"name\": \"copy\", \"next\": 124, \"has\": true}, {\"name\": \"late\", \"next\": 23, \"has\": false}]");
        assertThat(lines.get(2)).contains("committed", "00.123", "public.accounts, transaction 0-1-4711, change 3");
        assertThat(lines.get(3)).contains("captured", "00.250", "bank-db");
        assertThat(lines.get(4)).contains("in Kafka", "00.260", "accounts/1@123");
        assertThat(lines.get(5)).startsWith("join").endsWith("has not told how far it is");
        assertThat(lines.get(6)).startsWith("copy").endsWith("has it");
        assertThat(lines.get(7)).startsWith("late").endsWith("has it not yet: it is at offset 23, 100 before it");
        assertThat(lines.get(9)).isEqualTo("{\"id\":\"17\"}");
    }

    @Test
    void aRowOfASnapshotHasNoTransactionAndADeletedOneNoValue() throws Exception {
        List<String> lines = lines("\"position\": \"snapshot/8\", \"deleted\": true");
        assertThat(lines.get(2)).contains("-", "public.accounts, read by a snapshot");
        assertThat(lines.get(lines.size() - 1)).isEqualTo("deleted");
        assertThat(lines("\"position\": \"4711/5.17\", \"deleted\": true").get(2))
                .as("taken away with all other rows")
                .contains("transaction 4711, change 5")
                .doesNotContain("17");
    }
}
