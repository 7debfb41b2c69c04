// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.change.v1.Transaction;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllChangesTest {
    private static final SourceTable TABLE = new SourceTable("public", "accounts", List.of(), List.of("id"));
    private static final Instant COMMITTED = Instant.parse("2026-11-22T06:00:00.123456Z");
    private static final Instant CAPTURED = Instant.parse("2026-11-22T06:00:01Z");

    @TempDir
    Path folder;

    private AllChanges changes;

    @BeforeEach
    void pipeline() throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(
                folder.resolve("contracts/bank.proto"),
                "syntax = \"proto3\";\npackage bank.v1;\nmessage Account { int64 id = 1; }\n");
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: bank
                topics:
                  accounts: {contract: bank.v1.Account, key: id, changelog: true}
                  all: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
                hippos:
                  db:
                    kind: db-etl
                    source: {url: 'jdbc:postgresql://127.0.0.1/bank', tables: [public.accounts], changes: all}
                    publish: accounts
                """);
        PipelineSpec spec = PipelineFile.read(file, null, Map.of()).spec();
        changes = new AllChanges(spec, spec.hippos().get("db"), "hippo/bank/db");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ProducerRecord<byte[], byte[]> record(Piece piece, int number) {
        return record(piece, number, "public.accounts");
    }

    private ProducerRecord<byte[], byte[]> record(Piece piece, int number, String table) {
        Stamp stamp = new Stamp(piece, CAPTURED);
        return changes.record(stamp, number, table, stamp.place(number));
    }

    private static Piece piece(int first, @Nullable Position end, RowChange... changes) {
        return new Piece("4711", COMMITTED, first, List.of(changes), end != null, 0, end, null);
    }

    private static ChangeEvent.Builder event(Op op, int index) {
        return ChangeEvent.newBuilder()
                .setOp(op)
                .setTable("public.accounts")
                .setContract("bank.v1.Account")
                .setTransaction(Transaction.newBuilder().setId("4711").setIndex(index))
                .setCommittedAt(Timestamp.newBuilder()
                        .setSeconds(COMMITTED.getEpochSecond())
                        .setNanos(COMMITTED.getNano()))
                .setCapturedAt(Timestamp.newBuilder().setSeconds(CAPTURED.getEpochSecond()));
    }

    @Test
    void aMessageHasTheBytesThatProtobufWrites() {
        RowChange created = new RowChange(RowChange.Op.CREATE, TABLE, bytes("k"), null, bytes("after"), List.of());
        RowChange updated = new RowChange(
                RowChange.Op.UPDATE, TABLE, bytes("k"), bytes("before"), bytes("after"), List.of("note", "größe"));
        RowChange emptied = new RowChange(RowChange.Op.TRUNCATE, TABLE, null, null, null, List.of());
        Position end = new Position(3, new byte[] {1, 2, 3});
        Piece piece = piece(299, end, created, updated, emptied);
        assertThat(record(piece, 0).value())
                .isEqualTo(event(Op.CREATE, 299)
                        .setKey(ByteString.copyFromUtf8("k"))
                        .setAfter(ByteString.copyFromUtf8("after"))
                        .build()
                        .toByteArray());
        assertThat(record(piece, 1).value())
                .isEqualTo(event(Op.UPDATE, 300)
                        .setKey(ByteString.copyFromUtf8("k"))
                        .setBefore(ByteString.copyFromUtf8("before"))
                        .setAfter(ByteString.copyFromUtf8("after"))
                        .addUnchanged("note")
                        .addUnchanged("größe")
                        .build()
                        .toByteArray());
        ChangeEvent.Builder last = event(Op.TRUNCATE, 301);
        last.getTransactionBuilder().getEndBuilder().setEpoch(3).setLog(ByteString.copyFrom(end.log()));
        assertThat(record(piece, 2).value()).isEqualTo(last.build().toByteArray());
    }

    @Test
    void aRowWithoutContentAndTheFirstOfATransactionAreToldAsSuch() {
        RowChange empty = new RowChange(RowChange.Op.READ, TABLE, new byte[0], null, new byte[0], List.of());
        assertThat(record(piece(0, null, empty), 0).value())
                .isEqualTo(event(Op.READ, 0)
                        .setKey(ByteString.EMPTY)
                        .setAfter(ByteString.EMPTY)
                        .build()
                        .toByteArray());
    }

    private static Piece of(String transaction, Instant committedAt) {
        RowChange row = new RowChange(RowChange.Op.CREATE, TABLE, bytes("k"), null, bytes("after"), List.of());
        return new Piece(transaction, committedAt, 0, List.of(row), false, 0, null, null);
    }

    private static ChangeEvent.Builder created() {
        return event(Op.CREATE, 0).setKey(ByteString.copyFromUtf8("k")).setAfter(ByteString.copyFromUtf8("after"));
    }

    @Test
    void aTransactionWithoutAnIdIsThereAndEmpty() {
        assertThat(record(of("", COMMITTED), 0).value())
                .isEqualTo(created()
                        .setTransaction(Transaction.getDefaultInstance())
                        .build()
                        .toByteArray());
    }

    @Test
    void aTimeBefore1970HasNegativeSecondsAndOneThatIsNotKnownNone() {
        assertThat(record(of("4711", Instant.parse("1969-12-31T23:59:58.25Z")), 0)
                        .value())
                .isEqualTo(created()
                        .setCommittedAt(Timestamp.newBuilder().setSeconds(-2).setNanos(250_000_000))
                        .build()
                        .toByteArray());
        assertThat(record(of("4711", Instant.EPOCH), 0).value())
                .isEqualTo(created()
                        .setCommittedAt(Timestamp.getDefaultInstance())
                        .build()
                        .toByteArray());
    }

    @Test
    void aTableWithoutAContractIsToldWithoutOne() {
        assertThat(record(of("4711", COMMITTED), 0, "public.others").value())
                .isEqualTo(created()
                        .setTable("public.others")
                        .clearContract()
                        .build()
                        .toByteArray());
    }

    @Test
    void theHeadersTellThePlaceInTheTransactionAndTheTime() {
        RowChange row = new RowChange(RowChange.Op.DELETE, TABLE, bytes("k"), null, null, List.of());
        var headers = record(piece(7, null, row, row), 1).headers();
        assertThat(headers.lastHeader(EventHeaders.ID).value()).isEqualTo(bytes("4711/8"));
        assertThat(headers.lastHeader(EventHeaders.TIME).value()).isEqualTo(bytes("2026-11-22T06:00:01Z"));
    }
}
