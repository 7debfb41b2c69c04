// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.contracts.Violation;
import dev.hippo.door.v1.BatchReply;
import dev.hippo.door.v1.Refusal.Code;
import dev.hippo.frontier.publish.Outcome;
import dev.hippo.frontier.publish.Refusal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplyWireTest {
    @Test
    void whatIsWrittenByHandIsWhatTheGeneratedClassReads() throws Exception {
        Outcome outcome = new Outcome(new int[] {0, 5, 300}, new long[] {0, 127, 1L << 40}, Map.of());
        BatchReply reply = BatchReply.parseFrom(ReplyWire.of(-1L, "", outcome));
        assertThat(reply.getSequence()).isEqualTo(-1L);
        assertThat(reply.getPartitionsList()).containsExactly(0, 5, 300);
        assertThat(reply.getOffsetsList()).containsExactly(0L, 127L, 1L << 40);
        assertThat(ReplyWire.of(-1L, "", outcome)).isEqualTo(reply.toByteArray());
    }

    @Test
    void anEmptyBatchHasAnEmptyReply() throws Exception {
        BatchReply reply = BatchReply.parseFrom(ReplyWire.of(0, "", new Outcome(new int[0], new long[0], Map.of())));
        assertThat(reply).isEqualTo(BatchReply.getDefaultInstance());
    }

    @Test
    void refusalsCarryTheirReasons() throws Exception {
        Refusal refusal = Refusal.invalid("a.B", List.of(new Violation("c", "int64.gt", "too small")));
        Outcome outcome = new Outcome(new int[] {1, -1}, new long[] {9, -1}, Map.of(1, refusal));
        BatchReply reply = BatchReply.parseFrom(ReplyWire.of(3, "p", outcome));
        assertThat(reply.getIdPrefix()).isEqualTo("p");
        assertThat(reply.getRefusals(0).getIndex()).isEqualTo(1);
        assertThat(reply.getRefusals(0).getCode()).isEqualTo(Code.INVALID);
        assertThat(reply.getRefusals(0).getMessage()).isEqualTo("not a valid a.B: c: too small");
        assertThat(reply.getRefusals(0).getViolations(0).getRule()).isEqualTo("int64.gt");
    }
}
