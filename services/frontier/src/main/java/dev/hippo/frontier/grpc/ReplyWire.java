// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.CodedOutputStream;
import dev.hippo.door.v1.BatchReply;
import dev.hippo.door.v1.Refusal.Code;
import dev.hippo.frontier.publish.Outcome;
import dev.hippo.frontier.publish.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes {@code hippo.door.v1.BatchReply}. By hand where all went well: that is once per batch on the fast path. */
final class ReplyWire {
    private static final int SEQUENCE = 1 << 3;
    private static final int PARTITIONS = 2 << 3 | 2;
    private static final int OFFSETS = 3 << 3 | 2;

    private ReplyWire() {}

    static byte[] of(long sequence, String idPrefix, Outcome outcome) {
        return outcome.refusals().isEmpty() && idPrefix.isEmpty()
                ? compact(sequence, outcome)
                : message(sequence, idPrefix, outcome).toByteArray();
    }

    private static byte[] compact(long sequence, Outcome outcome) {
        int partitions = 0;
        for (int partition : outcome.partitions()) {
            partitions += CodedOutputStream.computeInt32SizeNoTag(partition);
        }
        int offsets = 0;
        for (long offset : outcome.offsets()) {
            offsets += CodedOutputStream.computeInt64SizeNoTag(offset);
        }
        int size = sequence == 0 ? 0 : 1 + CodedOutputStream.computeUInt64SizeNoTag(sequence);
        size += 2 + CodedOutputStream.computeUInt32SizeNoTag(partitions) + partitions;
        size += CodedOutputStream.computeUInt32SizeNoTag(offsets) + offsets;
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            if (sequence != 0) {
                out.writeUInt32NoTag(SEQUENCE);
                out.writeUInt64NoTag(sequence);
            }
            out.writeUInt32NoTag(PARTITIONS);
            out.writeUInt32NoTag(partitions);
            for (int partition : outcome.partitions()) {
                out.writeInt32NoTag(partition);
            }
            out.writeUInt32NoTag(OFFSETS);
            out.writeUInt32NoTag(offsets);
            for (long offset : outcome.offsets()) {
                out.writeInt64NoTag(offset);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the size of a reply was computed wrong", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    private static BatchReply message(long sequence, String idPrefix, Outcome outcome) {
        BatchReply.Builder reply = BatchReply.newBuilder().setSequence(sequence).setIdPrefix(idPrefix);
        for (int i = 0; i < outcome.size(); i++) {
            reply.addPartitions(outcome.partitions()[i]).addOffsets(outcome.offsets()[i]);
        }
        outcome.refusals().forEach((index, refusal) -> reply.addRefusals(refusal(index, refusal)));
        return reply.build();
    }

    private static dev.hippo.door.v1.Refusal refusal(int index, Refusal refusal) {
        dev.hippo.door.v1.Refusal.Builder message = dev.hippo.door.v1.Refusal.newBuilder()
                .setIndex(index)
                .setCode(code(refusal.code()))
                .setMessage(refusal.message());
        refusal.violations()
                .forEach(v -> message.addViolationsBuilder()
                        .setPath(v.path())
                        .setRule(v.rule())
                        .setMessage(v.message()));
        return message.build();
    }

    private static Code code(Refusal.Code code) {
        return switch (code) {
            case INVALID -> Code.INVALID;
            case OVERLOADED -> Code.OVERLOADED;
            case UNAVAILABLE -> Code.UNAVAILABLE;
            case UNKNOWN_TOPIC -> Code.UNKNOWN_TOPIC;
            case FAILED -> Code.FAILED;
        };
    }
}
