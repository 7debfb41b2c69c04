// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.wire.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From bytes to the values of columns. */
class RowDecoderTest {
    @TempDir
    Path folder;

    private Contract contract;
    private RowDecoder decoder;

    @BeforeEach
    void read() throws Exception {
        KafkaConnection none = new KafkaConnection("127.0.0.1:1", Map.of());
        ContractCatalog contracts = new SinkPipeline(
                        folder, none, "decoder", "Whole", "{url: 'jdbc:postgresql://h/d', user: u, tables: public.t}")
                .spec()
                .contracts();
        contract = contracts.contract("sink.v1.Whole").orElseThrow();
        decoder = new RowDecoder(
                contract.descriptor().getFields().stream().map(RowField::of).toList(), contracts);
    }

    private List<Object> decode(String json) throws Exception {
        return Arrays.asList(decoder.decode(contract.json().toBytes(json)));
    }

    @Test
    void whatIsAbsentIsItsDefaultOrNullWhereTheContractTellsThemApart() throws Exception {
        List<Object> row = decode("{\"id\":\"a\"}");
        assertThat(row.subList(0, 8)).containsExactly("a", false, 0, 0L, 0L, "0", 0f, 0d);
        assertThat((byte[]) row.get(8)).isEmpty();
        assertThat(row.subList(9, 16)).containsExactly("RED", null, List.of(), List.of(), null, null, null);
    }

    @Test
    void whatIsThereIsTold() throws Exception {
        List<Object> row = decode("""
                {"id":"a","flag":true,"i32":-5,"u32":4294967295,"i64":"-9","u64":"18446744073709551615","f":1.5,"d":-0.1,"raw":"AP8=","color":"BLUE",
                 "at":"2026-11-21T10:00:00.123456789Z","tags":["x","y"],"nums":[-1,2],"boxed":0,"part":{"size":7},"note":""}""");
        assertThat(row.subList(0, 8))
                .containsExactly("a", true, -5, 4_294_967_295L, -9L, "18446744073709551615", 1.5f, -0.1);
        assertThat((byte[]) row.get(8)).containsExactly(0, 255);
        assertThat(row.subList(9, 14))
                .containsExactly(
                        "BLUE", Instant.parse("2026-11-21T10:00:00.123456Z"), List.of("x", "y"), List.of(-1, 2), 0);
        assertThat(row.get(14)).asString().contains("size").doesNotContain("name");
        assertThat(row.get(15)).isEqualTo("");
    }

    @Test
    void theLastOfDoubledFieldsCountsAndMessagesInPartsAreOne() throws Exception {
        byte[] first = contract.json().toBytes("{\"id\":\"a\",\"i32\":1,\"part\":{\"name\":\"n\"},\"nums\":[1]}");
        byte[] second = contract.json().toBytes("{\"id\":\"b\",\"part\":{\"size\":3},\"nums\":[2]}");
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        List<Object> row = Arrays.asList(decoder.decode(both));
        assertThat(row).startsWith("b", false, 1);
        assertThat(row.get(12)).isEqualTo(List.of(1, 2));
        assertThat(row.get(14)).asString().contains("\"n\"").contains("3");
    }

    @Test
    void whatIsNoMessageIsRefused() {
        assertThatThrownBy(() -> decoder.decode(new byte[] {10, 5, 'a'})).isInstanceOf(MalformedWireException.class);
        assertThatThrownBy(() -> decoder.decode(new byte[] {10, 1, (byte) 0xFF}))
                .isInstanceOf(MalformedWireException.class)
                .hasMessageContaining("UTF-8");
        byte[] replacement = "\uFFFD".getBytes(StandardCharsets.UTF_8);
        assertThat(decoder.decode(new byte[] {10, 3, replacement[0], replacement[1], replacement[2]})[0])
                .isEqualTo("\uFFFD");
    }
}
