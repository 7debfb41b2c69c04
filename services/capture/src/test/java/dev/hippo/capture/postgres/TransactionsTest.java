// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionsTest {
    private static final String[] KEY_ONE = {"1", null, null};

    private final WholeContracts contracts = new WholeContracts();
    private final Recorder recorder = new Recorder(contracts);
    private final Transactions transactions = new Transactions(3, 50, this::encoder, recorder);

    private @Nullable TableEncoder encoder(RelationMessage relation) throws SourceFailure {
        if (relation.name().equals("other")) {
            return null;
        }
        List<SourceTable.Column> columns = new ArrayList<>();
        List<PgType> types = new ArrayList<>();
        List<String> key = new ArrayList<>();
        for (RelationMessage.Column column : relation.columns()) {
            columns.add(new SourceTable.Column(column.name(), ColumnType.TEXT, false, true, "text"));
            types.add(PgType.of(ColumnType.TEXT));
            if (column.key()) {
                key.add(column.name());
            }
        }
        return TableEncoder.of(
                new SourceTable(relation.schema(), relation.name(), columns, key),
                types,
                contracts,
                (table, names, values) -> null);
    }

    private void read(byte[]... messages) throws Exception {
        for (byte[] message : messages) {
            // as behind a header
            byte[] whole = new byte[message.length + 25];
            System.arraycopy(message, 0, whole, 25, message.length);
            transactions.read(whole, 25);
        }
    }

    @BeforeEach
    void tellTables() throws Exception {
        read(
                LogMessage.relation(1, "a", 'd', "*id", "name", "big"),
                LogMessage.relation(2, "b", 'f', "id", "name"),
                LogMessage.relation(9, "other", 'd', "*id"));
    }

    @Test
    void aTransactionIsToldWhole() throws Exception {
        read(
                LogMessage.begin(7),
                LogMessage.other('O'),
                LogMessage.other('Y'),
                LogMessage.insert(1, "1", "x", null),
                LogMessage.insert(9, "1"),
                LogMessage.insert(2, "5", "y"),
                LogMessage.update(1, "1", "z", ""),
                LogMessage.delete(1, 'K', "1", null, null),
                LogMessage.delete(2, 'O', "5", "y"),
                LogMessage.other('M'),
                LogMessage.commit(200));
        assertThat(recorder.told)
                .containsExactly(
                        "begin",
                        "CREATE a [id=1] is id=1 name=x",
                        "CREATE b is id=5 name=y",
                        "UPDATE a [id=1] is id=1 name=z big=",
                        "DELETE a [id=1] was id=1",
                        "DELETE b was id=5 name=y",
                        "commit");
        assertThat(recorder.commits).containsExactly(Lsn.position(3, 200));
        assertThat(recorder.reached).isEmpty();
    }

    @Test
    void anotherKeyIsAnotherRow() throws Exception {
        read(
                LogMessage.begin(7),
                LogMessage.update(1, 'K', KEY_ONE, "2", "x", "?"),
                LogMessage.update(1, 'K', KEY_ONE, "1", "x", "y"),
                LogMessage.commit(200));
        assertThat(recorder.told)
                .containsExactly(
                        "begin",
                        "DELETE a [id=1] was id=1",
                        "CREATE a [id=2] is id=2 name=x unchanged [big]",
                        "UPDATE a [id=1] is id=1 name=x big=y",
                        "commit");
    }

    @Test
    void whatDidNotChangeIsTakenFromTheRowBeforeOrNamed() throws Exception {
        read(
                LogMessage.begin(7),
                LogMessage.update(1, "1", "x", "?"),
                LogMessage.update(2, 'O', new String[] {"5", "large"}, "6", "?"),
                // a key that is large enough to be kept apart
                LogMessage.update(1, 'K', KEY_ONE, "?", "x", "y"),
                LogMessage.commit(200));
        assertThat(recorder.told)
                .containsExactly(
                        "begin",
                        "UPDATE a [id=1] is id=1 name=x unchanged [big]",
                        "UPDATE b was id=5 name=large is id=6 name=large",
                        "UPDATE a [id=1] is id=1 name=x big=y",
                        "commit");
    }

    @Test
    void truncateIsToldForEachTable() throws Exception {
        read(LogMessage.begin(7), LogMessage.truncate(1, 9, 2), LogMessage.commit(200));
        assertThat(recorder.told).containsExactly("begin", "TRUNCATE a", "TRUNCATE b", "commit");
    }

    @Test
    void aTransactionWithNothingOfInterestOnlyAdvances() throws Exception {
        read(LogMessage.begin(7), LogMessage.insert(9, "1"), LogMessage.commit(200));
        read(LogMessage.begin(8), LogMessage.commit(300));
        transactions.reached(250);
        transactions.reached(400);
        assertThat(recorder.told).isEmpty();
        assertThat(recorder.reached).containsExactly(Lsn.position(3, 200), Lsn.position(3, 300), Lsn.position(3, 400));
    }

    @Test
    void nothingAdvancesInsideOfATransaction() throws Exception {
        read(LogMessage.begin(7));
        transactions.reached(400);
        assertThat(recorder.reached).isEmpty();
        assertThat(transactions.told()).isEqualTo(50);
    }

    @Test
    void aTableIsAnotherVersionAsOfItsPlace() throws Exception {
        read(
                LogMessage.begin(7),
                LogMessage.insert(1, "1", "x", null),
                LogMessage.relation(1, "a", 'd', "*id", "name", "big"),
                LogMessage.insert(1, "2", "x", null),
                LogMessage.relation(1, "a", 'd', "*id", "title"),
                LogMessage.insert(1, "3", "y"),
                LogMessage.commit(200));
        assertThat(recorder.told).contains("CREATE a [id=3] is id=3 title=y");
        assertThat(recorder.changes.get(0).table())
                .isSameAs(recorder.changes.get(1).table());
        assertThat(recorder.changes.get(2).table().columns()).hasSize(2);
    }

    @Test
    void aLogThatGoesBackStops() throws Exception {
        read(LogMessage.begin(7), LogMessage.insert(1, "1", "x", null), LogMessage.commit(200));
        read(LogMessage.begin(8));
        assertThatThrownBy(() -> read(LogMessage.commit(200)))
                .isInstanceOfSatisfying(
                        SourceFailure.class, e -> assertThat(e.kind()).isEqualTo(SourceFailure.Kind.GONE))
                .hasMessageContaining("0/C8");
    }

    @Test
    void aMessageOfAnotherProtocolStops() {
        assertThatThrownBy(() -> read(LogMessage.other('S'))).hasMessageContaining("'S'");
    }

    @Test
    void timesBeginIn2000() {
        assertThat(Transactions.time(1_500_000)).isEqualTo(Instant.parse("2000-01-01T00:00:01.500Z"));
        assertThat(Transactions.time(-1)).isEqualTo(Instant.parse("1999-12-31T23:59:59.999999Z"));
    }

    /** As PostgreSQL 14 wrote it for {@code create table t (id int primary key, v text)}. */
    @Test
    void aRelationIsReadFromWhatAServerWrote() {
        byte[] recorded = HexFormat.of()
                .parseHex("52" + "00004006" + "7075626c696300" + "7400" + "64" + "0002" + "01" + "696400" + "00000017"
                        + "ffffffff" + "00" + "7600" + "00000019" + "ffffffff");
        assertThat(RelationMessage.read(recorded, 5))
                .isEqualTo(new RelationMessage(
                        "public",
                        "t",
                        'd',
                        List.of(
                                new RelationMessage.Column(true, "id", 23, -1),
                                new RelationMessage.Column(false, "v", 25, -1))));
    }

    @Test
    void aLineOfCopyIsReadWithItsEscapes() {
        Tuple row = new Tuple();
        row.readLine("1\t\\N\t\ta\\tb\\\\c\\n\\x\t\\\\N\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < row.columns(); i++) {
            texts.add(
                    row.has(i)
                            ? new String(
                                    row.bytes(),
                                    row.from(i),
                                    row.to(i) - row.from(i),
                                    java.nio.charset.StandardCharsets.UTF_8)
                            : "NULL");
        }
        assertThat(texts).containsExactly("1", "NULL", "", "a\tb\\c\nx", "\\N");
    }
}
