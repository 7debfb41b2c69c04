// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.change.v1.Transaction;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The topic of all changes: for each change one record. Not thread-safe. */
final class AllChanges {
    private final String topic;
    private final Map<String, String> contracts = new HashMap<>();
    private final List<Header> headers;

    AllChanges(PipelineSpec pipeline, HippoSpec hippo, String source) {
        Capture capture = hippo.settings(Capture.class);
        this.topic = capture.changes();
        capture.tables().forEach(table -> contracts.put(table, pipeline.contractOf(capture, table)));
        this.headers = List.of(
                header(EventHeaders.SPEC_VERSION, "1.0"),
                header(EventHeaders.SOURCE, source),
                header(EventHeaders.TYPE, pipeline.topic(topic).contract()),
                header(EventHeaders.CONTENT_TYPE, "application/protobuf"));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The record of one of a piece's changes. */
    ProducerRecord<byte[], byte[]> record(Piece piece, int number, Instant capturedAt) {
        RowChange change = piece.changes().get(number);
        int index = piece.first() + number;
        Transaction.Builder transaction =
                Transaction.newBuilder().setId(piece.transaction()).setIndex(index);
        Position end = piece.end();
        if (end != null && number == piece.changes().size() - 1) {
            transaction.getEndBuilder().setEpoch(end.epoch()).setLog(UnsafeByteOperations.unsafeWrap(end.log()));
        }
        String table = change.table().fullName();
        ChangeEvent.Builder event = ChangeEvent.newBuilder()
                .setOp(op(change.op()))
                .setTable(table)
                .setContract(contracts.getOrDefault(table, ""))
                .addAllUnchanged(change.unchanged())
                .setTransaction(transaction)
                .setCommittedAt(timestamp(piece.committedAt()))
                .setCapturedAt(timestamp(capturedAt));
        byte[] key = change.key();
        if (key != null) {
            event.setKey(bytes(key));
        }
        byte[] before = change.before();
        if (before != null) {
            event.setBefore(bytes(before));
        }
        byte[] after = change.after();
        if (after != null) {
            event.setAfter(bytes(after));
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, null, event.build().toByteArray());
        String id = piece.transaction() + "/" + index;
        headers.forEach(record.headers()::add);
        record.headers().add(header(EventHeaders.ID, id));
        record.headers().add(header(EventHeaders.TIME, capturedAt.toString()));
        record.headers().add(header(EventHeaders.POSITION, id));
        return record;
    }

    /** Nobody writes to the images any more. */
    private static ByteString bytes(byte[] image) {
        return UnsafeByteOperations.unsafeWrap(image);
    }

    private static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
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
