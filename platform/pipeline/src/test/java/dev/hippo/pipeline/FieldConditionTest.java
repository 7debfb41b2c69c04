// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.hippo.contracts.ContractCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a field of an event may be asked to be. */
class FieldConditionTest {
    @TempDir
    Path folder;

    private Descriptor contract;

    @BeforeEach
    void compile() throws Exception {
        Files.writeString(folder.resolve("shop.proto"), """
                syntax = "proto3";
                package shop.v1;
                message Price { int64 id = 1; uint32 code = 2; uint64 hash = 3; double price = 4; string name = 5; bool sold = 6; }
                """);
        contract = ContractCompiler.compile(folder)
                .contract("shop.v1.Price")
                .orElseThrow()
                .descriptor();
    }

    private boolean holds(String field, Object value, String condition) {
        FieldDescriptor descriptor = contract.findFieldByName(field);
        return FieldCondition.of(contract, field, condition)
                .test(DynamicMessage.newBuilder(contract)
                        .setField(descriptor, value)
                        .build());
    }

    @Test
    void aNumberIsItselfBeyondAnotherOrWithinARange() {
        assertThat(holds("id", 7L, "7")).isTrue();
        assertThat(holds("id", 7L, "!=7")).isFalse();
        assertThat(holds("id", 7L, ">=7")).isTrue();
        assertThat(holds("id", 7L, "<7")).isFalse();
        assertThat(holds("id", 7L, "1..7")).isTrue();
        assertThat(holds("id", 8L, "1..7")).isFalse();
        assertThat(holds("id", -3L, "-3..-1")).isTrue();
        assertThat(holds("price", 2.5, "2.25..2.75")).isTrue();
        assertThat(holds("price", Double.NaN, "0..9")).isFalse();
    }

    @Test
    void everyWholeNumberIsInOneOfTheShares() {
        for (long id : new long[] {0, 1, 7, -1, -4, -5, Long.MIN_VALUE, Long.MAX_VALUE}) {
            int shares = 0;
            for (int share = 0; share < 4; share++) {
                shares += holds("id", id, "%4=" + share) ? 1 : 0;
            }
            assertThat(shares).as("%d", id).isEqualTo(1);
        }
        assertThat(holds("id", -1L, "%4=3")).isTrue();
    }

    @Test
    void unsignedNumbersAreNotNegative() {
        assertThat(holds("code", -1, ">4294967294")).isTrue();
        assertThat(holds("hash", -1L, "18446744073709551615")).isTrue();
        assertThat(holds("hash", -1L, "%10=5")).isTrue();
    }

    @Test
    void aTextMayHaveDotsAndSigns() {
        assertThat(holds("name", "1..7", "1..7")).isTrue();
        assertThat(holds("name", "%4=1", "%4=1")).isTrue();
        assertThat(holds("name", "tea", "t*")).isTrue();
        assertThat(holds("sold", true, "true")).isTrue();
    }

    @Test
    void whatCannotHoldIsToldWithWhatToWrite() {
        assertThatThrownBy(() -> FieldCondition.of(contract, "id", "9..1")).hasMessageContaining("write 1..9");
        assertThatThrownBy(() -> FieldCondition.of(contract, "id", "%4=4")).hasMessageContaining("never leaves 4");
        assertThatThrownBy(() -> FieldCondition.of(contract, "price", "%4=1")).hasMessageContaining("no whole number");
        assertThatThrownBy(() -> FieldCondition.of(contract, "id", "1..x")).hasMessageContaining("'x' is none");
        assertThatThrownBy(() -> FieldCondition.of(contract, "id", "%0=0")).hasMessageContaining("never leaves 0");
        assertThatThrownBy(() -> FieldCondition.of(contract, "name", ">a")).hasMessageContaining("no number");
    }
}
