// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.change.v1.Transaction;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.EventHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The topic of all changes: for each change one record. Its message is written as protobuf writes it, but what the changes of a piece or of a table have in common is written once and copied.
 * Not thread-safe.
 */
final class AllChanges {
    private static final byte[] NOTHING = {};
    private final String topic;
    private final Map<String, String> contracts = new HashMap<>();
    private final Map<String, Table> tables = new HashMap<>();
    /** What all records have in common, then the id and the time; filled in for each record, which copies it. */
    private final Header[] headers;

    private final List<Header> copied;
    private @Nullable Stamp stamp;
    /** The fields of the transaction that all changes of {@link #stamp}'s piece have. */
    private byte[] transaction = {};
    /** The fields with its times. */
    private byte[] times = {};

    /** The fields that all changes of a table have: before the images, and behind the times. */
    private record Table(byte[] name, byte[] contract) {}

    AllChanges(PipelineSpec pipeline, HippoSpec hippo, String source) {
        Capture capture = hippo.settings(Capture.class);
        this.topic = capture.changes();
        capture.tables().forEach(table -> contracts.put(table, pipeline.contractOf(capture, table)));
        this.headers = Stamp.headers(source, pipeline.topic(topic).contract(), 2);
        this.copied = Arrays.asList(headers);
    }

    /**
     * The record of one change of a piece.
     *
     * @param table the full name of its table
     * @param place as its stamp says it
     */
    ProducerRecord<byte[], byte[]> record(Stamp of, int number, String table, byte[] place) {
        if (stamp != of) {
            begin(of);
        }
        headers[Stamp.COMMON] = new RecordHeader(EventHeaders.ID, place);
        headers[Stamp.COMMON + 1] = of.time();
        return new ProducerRecord<>(topic, null, null, null, message(of.piece(), number, table), copied);
    }

    private void begin(Stamp of) {
        stamp = of;
        transaction =
                Transaction.newBuilder().setId(of.piece().transaction()).build().toByteArray();
        times = ChangeEvent.newBuilder()
                .setCommittedAt(timestamp(of.piece().committedAt()))
                .setCapturedAt(timestamp(of.capturedAt()))
                .build()
                .toByteArray();
    }

    private static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }

    private Table table(String name) {
        return new Table(
                ChangeEvent.newBuilder().setTable(name).build().toByteArray(),
                ChangeEvent.newBuilder()
                        .setContract(contracts.getOrDefault(name, ""))
                        .build()
                        .toByteArray());
    }

    private byte[] message(Piece piece, int number, String name) {
        RowChange change = piece.changes().get(number);
        Table table = tables.computeIfAbsent(name, this::table);
        int index = piece.first() + number;
        byte[] end = end(piece, number);
        int ofTransaction = transaction.length
                + end.length
                + (index == 0 ? 0 : CodedOutputStream.computeUInt32Size(Transaction.INDEX_FIELD_NUMBER, index));
        int op = op(change.op()).getNumber();
        byte[] message = new byte
                [CodedOutputStream.computeEnumSize(ChangeEvent.OP_FIELD_NUMBER, op)
                        + table.name.length
                        + size(ChangeEvent.KEY_FIELD_NUMBER, change.key())
                        + size(ChangeEvent.BEFORE_FIELD_NUMBER, change.before())
                        + size(ChangeEvent.AFTER_FIELD_NUMBER, change.after())
                        + size(change.unchanged())
                        + CodedOutputStream.computeTagSize(ChangeEvent.TRANSACTION_FIELD_NUMBER)
                        + CodedOutputStream.computeUInt32SizeNoTag(ofTransaction)
                        + ofTransaction
                        + times.length
                        + table.contract.length];
        CodedOutputStream to = CodedOutputStream.newInstance(message);
        try {
            to.writeEnum(ChangeEvent.OP_FIELD_NUMBER, op);
            to.writeRawBytes(table.name);
            write(to, ChangeEvent.KEY_FIELD_NUMBER, change.key());
            write(to, ChangeEvent.BEFORE_FIELD_NUMBER, change.before());
            write(to, ChangeEvent.AFTER_FIELD_NUMBER, change.after());
            for (String field : change.unchanged()) {
                to.writeString(ChangeEvent.UNCHANGED_FIELD_NUMBER, field);
            }
            to.writeTag(ChangeEvent.TRANSACTION_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            to.writeUInt32NoTag(ofTransaction);
            to.writeRawBytes(transaction);
            if (index != 0) {
                to.writeUInt32(Transaction.INDEX_FIELD_NUMBER, index);
            }
            to.writeRawBytes(end);
            to.writeRawBytes(times);
            to.writeRawBytes(table.contract);
            to.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array has no end but its own", e);
        }
        return message;
    }

    /** The place behind the piece, with its last change alone. */
    private static byte[] end(Piece piece, int number) {
        Position end = piece.end();
        if (end == null || number < piece.changes().size() - 1) {
            return NOTHING;
        }
        Transaction.Builder transaction = Transaction.newBuilder();
        transaction.getEndBuilder().setEpoch(end.epoch()).setLog(UnsafeByteOperations.unsafeWrap(end.log()));
        return transaction.build().toByteArray();
    }

    private static int size(int field, byte @Nullable [] image) {
        return image == null ? 0 : CodedOutputStream.computeByteArraySize(field, image);
    }

    private static int size(List<String> unchanged) {
        int size = 0;
        for (String field : unchanged) {
            size += CodedOutputStream.computeStringSize(ChangeEvent.UNCHANGED_FIELD_NUMBER, field);
        }
        return size;
    }

    private static void write(CodedOutputStream to, int field, byte @Nullable [] image) throws IOException {
        if (image != null) {
            to.writeByteArray(field, image);
        }
    }

    private static Op op(RowChange.Op op) {
        return switch (op) {
            case CREATE -> Op.CREATE;
            case UPDATE -> Op.UPDATE;
            case DELETE -> Op.DELETE;
            case READ -> Op.READ;
            case TRUNCATE -> Op.TRUNCATE;
        };
    }
}
