// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PendingRowsTest {
    private static final String PROTO = """
            syntax = "proto3";
            package e;
            message Event { int64 a = 1; int64 b = 2; string c = 3; repeated int64 list = 4; }
            """;

    @TempDir
    Path folder;

    private PendingRows rows(boolean headers) throws Exception {
        Files.writeString(folder.resolve("e.proto"), PROTO);
        Contract contract = ContractCompiler.compile(folder).contract("e.Event").orElseThrow();
        TableLayout layout = TableLayout.of(new TableSpec("t", "e.Event", List.of(), null, headers), contract);
        return new PendingRows(layout, layout.schema(), contract);
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("events", 0, 0, null, value);
        record.headers().add(EventHeaders.ID, "an id of twenty-five bytes".getBytes(StandardCharsets.UTF_8));
        return record;
    }

    @Test
    void eventsOfNoBytesTakeMemoryThatIsCounted() throws Exception {
        PendingRows rows = rows(false);
        for (int i = 0; i < 100_000; i++) {
            rows.add(record(new byte[0]));
        }
        assertThat(rows.bytes()).isZero();
        // two numbers, one text's end, one list's end, and a mark for null each
        assertThat(rows.held()).isBetween(100_000L * (8 + 8 + 4 + 4 + 5), 5_500_000L + 100_000L * 8);
    }

    @Test
    void whatHeadersAndListsTakeIsCounted() throws Exception {
        PendingRows plain = rows(false);
        PendingRows withHeaders = rows(true);
        byte[] list = new byte[102];
        list[0] = 4 << 3 | 2;
        list[1] = 100;
        for (int i = 0; i < 10_000; i++) {
            plain.add(record(list));
            withHeaders.add(record(list));
        }
        assertThat(plain.held()).isGreaterThan(10_000 * 100 * 9);
        assertThat(withHeaders.held() - plain.held()).isGreaterThan(10_000 * (26 + 8 + 8 + 8));
    }
}
