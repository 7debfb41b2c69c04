// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.RowMapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rows of a source are told. */
class FilteredSourceTest {
    private static final SourceTable PEOPLE = new SourceTable("crm", "people", List.of(), List.of("id"));
    private static final SourceTable OTHER = new SourceTable("crm", "other", List.of(), List.of("id"));

    @TempDir
    Path folder;

    private Descriptor contract;
    private final List<String> told = new ArrayList<>();
    private final List<RowChange> log = new ArrayList<>();

    @BeforeEach
    void compile() throws Exception {
        Files.writeString(
                folder.resolve("crm.proto"),
                "syntax = \"proto3\";\npackage crm.v1;\nmessage Person { int64 id = 1; string land = 2; }\n");
        contract = ContractCompiler.compile(folder)
                .contract("crm.v1.Person")
                .orElseThrow()
                .descriptor();
    }

    private byte @Nullable [] row(long id, @Nullable String land) {
        DynamicMessage.Builder row = DynamicMessage.newBuilder(contract).setField(contract.findFieldByName("id"), id);
        if (land != null) {
            row.setField(contract.findFieldByName("land"), land);
        }
        return row.build().toByteArray();
    }

    /** A change of person 1, of whose rows the lands are given. */
    private RowChange change(Op op, byte @Nullable [] before, byte @Nullable [] after) {
        return new RowChange(op, PEOPLE, row(1, null), before, after, List.of());
    }

    private ChangeSource filtered(Map<String, String> where) {
        RowMapping mapping = new RowMapping("", where, Map.of(), Map.of(), "");
        return FilteredSource.of(
                new ScriptedSource(), Map.of("crm.people", new RowFilter(mapping, contract, List.of("id"))));
    }

    private List<String> stream(Map<String, String> where, RowChange... changes) throws Exception {
        log.clear();
        told.clear();
        log.addAll(List.of(changes));
        filtered(where).stream(place(0), new Recorder());
        return List.copyOf(told);
    }

    @Test
    void aRowThatComesIntoSightIsCreatedAndOneThatLeavesItIsDeleted() throws Exception {
        Map<String, String> german = Map.of("land", "DE");
        byte[] here = row(1, "DE");
        byte[] away = row(1, "FR");
        assertThat(stream(german, change(Op.UPDATE, away, here))).containsExactly("begin", "CREATE", "commit");
        assertThat(stream(german, change(Op.UPDATE, here, away))).containsExactly("begin", "DELETE", "commit");
        assertThat(stream(german, change(Op.UPDATE, here, here))).containsExactly("begin", "UPDATE", "commit");
        assertThat(stream(german, change(Op.CREATE, null, here), change(Op.CREATE, null, away)))
                .containsExactly("begin", "CREATE", "commit");
        assertThat(stream(german, change(Op.TRUNCATE, null, null))).containsExactly("begin", "TRUNCATE", "commit");
    }

    @Test
    void aRowOfWhichTheSourceDoesNotTellWhatItWasIsToldAsGone() throws Exception {
        Map<String, String> german = Map.of("land", "DE");
        assertThat(stream(german, change(Op.UPDATE, null, row(1, "FR")))).containsExactly("begin", "DELETE", "commit");
        assertThat(stream(german, change(Op.UPDATE, null, row(1, "DE")))).containsExactly("begin", "UPDATE", "commit");
        assertThat(stream(german, change(Op.DELETE, row(1, null), null)))
                .as("deleted, told by its key alone")
                .containsExactly("begin", "DELETE", "commit");
        assertThat(stream(german, change(Op.DELETE, row(1, "FR"), null))).containsExactly("advanced");
    }

    @Test
    void theKeyAloneSaysItWhereTheConditionIsOnTheKey() throws Exception {
        Map<String, String> even = Map.of("id", "%2=0");
        assertThat(stream(even, change(Op.DELETE, row(1, null), null), change(Op.UPDATE, null, row(1, "DE"))))
                .containsExactly("advanced");
        assertThat(stream(Map.of("id", "%2=1"), change(Op.DELETE, row(1, null), null)))
                .containsExactly("begin", "DELETE", "commit");
    }

    @Test
    void thePositionAdvancesThoughNothingIsToldAndOtherTablesAreToldWhole() throws Exception {
        Map<String, String> german = Map.of("land", "DE");
        assertThat(stream(german, change(Op.CREATE, null, row(1, "FR")))).containsExactly("advanced");
        RowChange other = new RowChange(Op.CREATE, OTHER, row(1, null), null, row(1, "FR"), List.of());
        assertThat(stream(german, change(Op.CREATE, null, row(1, "FR")), other))
                .containsExactly("begin", "CREATE", "commit");
    }

    @Test
    void aSnapshotTellsTheWantedRowsAndAPartThatIsToldAgainTheOthersAsGone() throws Exception {
        log.add(change(Op.READ, null, row(1, "DE")));
        log.add(change(Op.READ, null, row(2, "FR")));
        ChangeSource source = filtered(Map.of("land", "DE"));
        source.snapshot(List.of(PEOPLE), new Recorder());
        assertThat(told).containsExactly("begin", "table", "READ", "end");
        assertThat(source.chunk(PEOPLE, new KeyRange(Map.of(), false, Map.of()), 9).rows().stream()
                        .map(RowChange::op))
                .containsExactly(Op.READ, Op.DELETE);
        assertThat(filtered(Map.of("id", "2")).chunk(PEOPLE, new KeyRange(Map.of(), false, Map.of()), 9).rows().stream()
                        .map(RowChange::op))
                .as("also where the key alone says that a row is not wanted")
                .containsExactly(Op.DELETE, Op.READ);
    }

    private static Position place(int number) {
        return new Position(0, new byte[] {(byte) number});
    }

    /** Tells the changes of {@link #log}, as one transaction or as rows. */
    private final class ScriptedSource implements ChangeSource {
        @Override
        public List<SourceTable> tables() {
            return List.of(PEOPLE, OTHER);
        }

        @Override
        public Position now() {
            return place(0);
        }

        @Override
        public Position snapshot(List<SourceTable> tables, SnapshotListener to) throws InterruptedException {
            to.begin(place(1), Instant.EPOCH);
            to.table(PEOPLE);
            for (RowChange row : log) {
                to.row(row);
            }
            to.end();
            return place(1);
        }

        @Override
        public void rows(List<SourceTable> tables, Position stored, SnapshotListener to) throws InterruptedException {
            snapshot(tables, to);
        }

        @Override
        public Chunk chunk(SourceTable table, KeyRange range, int most) {
            return new Chunk(place(1), Instant.EPOCH, log, Map.of(), true);
        }

        @Override
        public void stream(Position from, ChangeListener to) throws InterruptedException {
            to.begin("1", Instant.EPOCH);
            for (RowChange change : log) {
                to.change(change);
            }
            to.commit(place(2));
        }

        @Override
        public void stored(Position upTo) {}

        @Override
        public String describe(Position position) {
            return position.toString();
        }

        @Override
        public void close() {}
    }

    /** Writes down what it is told. */
    private final class Recorder implements ChangeListener, SnapshotListener {
        @Override
        public void begin(String id, Instant committedAt) {
            told.add("begin");
        }

        @Override
        public void change(RowChange change) {
            told.add(change.op().toString());
        }

        @Override
        public void commit(Position behind) {
            told.add("commit");
        }

        @Override
        public void advanced(Position to) {
            told.add("advanced");
        }

        @Override
        public void begin(Position at, Instant takenAt) {
            told.add("begin");
        }

        @Override
        public void table(SourceTable table) {
            told.add("table");
        }

        @Override
        public void row(RowChange read) {
            told.add(read.op().toString());
        }

        @Override
        public void end() {
            told.add("end");
        }
    }
}
