// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Int64Value;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** No position is told behind which a change could be lost, whatever a connector marks. */
class BroughtReaderTest {
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("db", Schema.STRING_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    private static final Schema BLOCK =
            SchemaBuilder.struct().optional().field("id", Schema.STRING_SCHEMA).build();
    private static final Schema MARK = SchemaBuilder.struct()
            .field("status", Schema.STRING_SCHEMA)
            .field("id", Schema.STRING_SCHEMA)
            .build();
    private static final Schema HEARTBEAT =
            SchemaBuilder.struct().field("ts_ms", Schema.INT64_SCHEMA).build();

    private final List<String> told = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5;
    private BroughtReader reader = reader(false, new CountedOffset("x.Connector", 1, Map.of("at", 0L)));

    private BroughtReader reader(boolean endsLate, CountedOffset from) {
        BroughtSettings settings =
                new BroughtSettings("p_h", "x.Connector", List.of(), "", "", List.of("dbo.t"), Map.of(), Map.of());
        BroughtDatabase database =
                new BroughtDatabase(settings, table -> Int64Value.getDescriptor(), UnchangedValue.NEVER);
        return new BroughtReader(database, "hippo", endsLate, from.position(), new ChangeListener() {
            @Override
            public void begin(String id, Instant committedAt) {
                told.add("begin " + id);
            }

            @Override
            public void change(RowChange change) {
                told.add(change.op().toString());
            }

            @Override
            public void commit(Position behind) {
                told.add("commit " + CountedOffset.of(behind).describe());
            }

            @Override
            public void advanced(Position to) {
                told.add("advanced " + CountedOffset.of(to).describe());
            }
        });
    }

    private void record(String topic, long at, Struct value) throws Exception {
        reader.read(new SourceRecord(Map.of("s", 1), Map.of("at", at), topic, value.schema(), value));
    }

    private void mark(String status, String id, long at) throws Exception {
        record("hippo.transaction", at, new Struct(MARK).put("status", status).put("id", id));
    }

    private void heartbeat(long at) throws Exception {
        record("__debezium-heartbeat.hippo", at, new Struct(HEARTBEAT).put("ts_ms", 1L));
    }

    private void change(String op, String id, long at) throws Exception {
        change("bank", op, id, at);
    }

    private void change(String database, String op, String id, long at) throws Exception {
        // of a form of its own, as after a change of the table or in another database
        Schema form = SchemaBuilder.struct()
                .optional()
                .field("value", Schema.INT64_SCHEMA)
                .build();
        Schema envelope = SchemaBuilder.struct()
                .field("op", Schema.STRING_SCHEMA)
                .field("before", form)
                .field("after", form)
                .field("source", SOURCE)
                .field("transaction", BLOCK)
                .build();
        Struct row = new Struct(form).put("value", 1L);
        Struct value = new Struct(envelope)
                .put("op", op)
                .put(
                        "source",
                        new Struct(SOURCE)
                                .put("db", database)
                                .put("schema", "dbo")
                                .put("table", "t")
                                .put("ts_ms", 1L));
        if (!op.equals("t")) {
            value.put(op.equals("d") ? "before" : "after", row);
        }
        if (!id.isEmpty()) {
            value.put("transaction", new Struct(BLOCK).put("id", id));
        }
        record("hippo.dbo.t", at, value);
    }

    /** Nothing comes for so long, as polls see it. */
    private void quiet(Duration since) throws Exception {
        reader.polled(now);
        now += since.toNanos();
        reader.polled(now);
    }

    @Test
    void theEndThatAConnectorSeesIsAPlace() throws Exception {
        mark("BEGIN", "7:1", 1);
        change("c", "7:2", 2);
        change("u", "7:3", 3);
        mark("END", "7:3", 4);
        mark("BEGIN", "8:5", 5);
        change("d", "8:6", 6);
        mark("END", "8:6", 7);
        heartbeat(8);
        heartbeat(9);
        assertThat(told)
                .containsExactly(
                        "begin 7",
                        "CREATE",
                        "UPDATE",
                        "commit at 4",
                        "begin 8",
                        "DELETE",
                        "commit at 8",
                        "advanced at 9");
    }

    @Test
    void theEndThatIsTakenFromTheNextTransactionIsNone() throws Exception {
        mark("BEGIN", "a", 2);
        change("c", "a", 2);
        change("c", "a", 3);
        mark("END", "a", 4);
        mark("BEGIN", "b", 4);
        change("c", "b", 4);
        assertThat(told).containsExactly("begin a", "CREATE", "CREATE", "commit at 3", "begin b", "CREATE");
    }

    @Test
    void withoutAnythingBehindItTheLastChangeIsThePlace() throws Exception {
        mark("BEGIN", "a", 2);
        change("c", "a", 3);
        quiet(Duration.ofMinutes(1));
        mark("END", "a", 4);
        quiet(Duration.ZERO);
        assertThat(told).containsExactly("begin a", "CREATE", "commit at 3");
    }

    @Test
    void aTransactionWhoseEndComesLateIsWholeAfterAWhile() throws Exception {
        reader = reader(true, new CountedOffset("x.Connector", 1, Map.of()));
        mark("BEGIN", "a", 2);
        change("c", "a", 3);
        quiet(Duration.ofMillis(100));
        assertThat(told).hasSize(2);
        quiet(BroughtReader.LATE);
        mark("END", "a", 4);
        mark("BEGIN", "b", 4);
        change("c", "b", 4);
        assertThat(told).containsExactly("begin a", "CREATE", "commit at 3", "begin b", "CREATE");
    }

    @Test
    void heartbeatsHoldBackNoTransactionWhoseEndComesLate() throws Exception {
        reader = reader(true, new CountedOffset("x.Connector", 1, Map.of()));
        mark("BEGIN", "a", 2);
        change("c", "a", 3);
        for (int i = 0; i < 6; i++) {
            heartbeat(3);
            reader.polled(now);
            now += Duration.ofMillis(500).toNanos();
        }
        assertThat(told).containsExactly("begin a", "CREATE", "commit at 3");
        change("c", "a", 4);
        assertThat(told).as("another part of it is told apart").contains("begin a+3");
    }

    @Test
    void changesOfOnePlaceStayTogetherThoughTheConnectorPausesBetweenThem() throws Exception {
        change("d", "", 2);
        quiet(Duration.ofMillis(100));
        change("c", "", 2);
        heartbeat(2);
        assertThat(told).containsExactly("begin change:2", "DELETE", "CREATE", "commit at 2");
    }

    @Test
    void changesWithoutTransactionsAreOneEachAndThoseOfOnePlaceStayTogether() throws Exception {
        change("c", "", 1);
        change("d", "", 2);
        change("c", "", 2);
        change("u", "", 3);
        quiet(BroughtReader.LATE);
        heartbeat(3);
        assertThat(told)
                .containsExactly(
                        "begin change:2",
                        "CREATE",
                        "commit at 1",
                        "begin change:3",
                        "DELETE",
                        "CREATE",
                        "commit at 2",
                        "begin change:4",
                        "UPDATE",
                        "commit at 3");
    }

    @Test
    void aTableThatIsEmptiedOutsideATransactionIsOneOfItsOwn() throws Exception {
        mark("BEGIN", "a", 1);
        change("t", "a", 2);
        mark("BEGIN", "b", 3);
        change("c", "b", 4);
        mark("END", "b", 5);
        heartbeat(5);
        assertThat(told).containsExactly("begin a", "TRUNCATE", "commit at 2", "begin b", "CREATE", "commit at 5");
    }

    @Test
    void whatIsStoredAndToldAgainIsLeftOut() throws Exception {
        reader = reader(false, new CountedOffset("x.Connector", 9, Map.of("at", 2L)));
        change("t", "", 2);
        change("c", "", 3);
        quiet(BroughtReader.LATE);
        assertThat(told).containsExactly("begin change:10", "CREATE", "commit at 3");
    }

    @Test
    void whatTheReaderCannotTellIsRefused() throws Exception {
        mark("BEGIN", "a", 1);
        change("c", "a", 2);
        refused(() -> mark("BEGIN", "b", 3), "before the end of the one before");
        refused(() -> change("r", "", 3), "reads all rows anew");
        refused(() -> change("other", "c", "a", 3), "is in databases bank and other");
        refused(
                () -> reader.read(
                        new SourceRecord(Map.of("s", 2), Map.of(), "x", MARK, new Struct(MARK).put("status", "END"))),
                "several logs at once");
    }

    private interface Doing {
        void run() throws Exception;
    }

    private static void refused(Doing doing, String words) {
        assertThatThrownBy(doing::run).isInstanceOf(SourceFailure.class).hasMessageContaining(words);
    }
}
