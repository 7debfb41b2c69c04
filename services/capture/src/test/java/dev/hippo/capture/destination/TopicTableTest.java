// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.destination.TableShape.Column;
import dev.hippo.contracts.Contract;
import dev.hippo.wire.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change of a source does to a table when the source has not told all of the row. */
class TopicTableTest {
    private static final int PART = 14;
    private static final int NOTE = 15;

    @TempDir
    Path folder;

    private SinkPipeline pipeline;
    private TopicTable table;

    @BeforeEach
    void open() throws Exception {
        KafkaConnection none = new KafkaConnection("127.0.0.1:1", Map.of());
        pipeline = new SinkPipeline(
                folder, none, "rows", "Whole", "{url: 'jdbc:postgresql://h/d', user: u, tables: public.t}");
        Contract contract =
                pipeline.spec().contracts().contract("sink.v1.Whole").orElseThrow();
        List<RowField> fields =
                contract.descriptor().getFields().stream().map(RowField::of).toList();
        List<Column> columns = fields.stream()
                .map(field -> new Column(
                        field.name(), "text", ColumnKind.TEXT, "", field.list(), -1, false, true, false, false, ""))
                .toList();
        table = new TopicTable(
                new TargetTable(new TableName("public", "t"), fields, columns, List.of(0)),
                contract.key(List.of("id")),
                new RowDecoder(fields, pipeline.spec().contracts()));
    }

    private RowChange change(String row, String... unchanged) throws Exception {
        return table.change(new SourceChange(
                pipeline.record(0, "a", row),
                table,
                "a".getBytes(StandardCharsets.UTF_8),
                pipeline.row(row),
                List.of(unchanged)));
    }

    @Test
    void aColumnOfWhichNothingWasToldKeepsWhatItHas() throws Exception {
        String row = "{\"id\":\"a\"}";
        assertThat(change(row).untold()).isEmpty();
        assertThat(change(row, "note").untold()).containsExactly(NOTE);
        assertThat(change(row, "part").untold()).containsExactly(PART);
        assertThat(change(row, "part.size", "note", "part.name").untold()).containsExactlyInAnyOrder(PART, NOTE);
        assertThat(change(row, "color.name", "party.name", "party.size").untold())
                .isEmpty();
    }

    @Test
    void aMessageOfWhichAPartWasToldIsWrittenWithWhatTheSourceHadLater() throws Exception {
        RowChange later = change("{\"id\":\"a\",\"part\":{\"name\":\"of tomorrow\",\"size\":7}}", "part.name");
        assertThat(later.untold()).isEmpty();
        assertThat(Objects.requireNonNull(later.row())[PART]).asString().contains("of tomorrow", "7");
        RowChange gone = change("{\"id\":\"a\",\"part\":{\"size\":7}}", "part.name");
        assertThat(gone.untold()).isEmpty();
        assertThat(Objects.requireNonNull(gone.row())[PART])
                .asString()
                .contains("7")
                .doesNotContain("name");
    }
}
