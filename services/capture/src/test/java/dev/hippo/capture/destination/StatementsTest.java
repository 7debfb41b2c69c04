// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Type;
import dev.hippo.capture.destination.TableShape.Column;
import dev.hippo.capture.destination.TableShape.Unique;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The words that are said to databases, and what is looked at before. */
class StatementsTest {
    private static final TableName TABLE = new TableName("b\"ank", "t`able");
    /** Any message will do whose fields are whole numbers. */
    private static final List<RowField> FIELDS =
            Timestamp.getDescriptor().getFields().stream().map(RowField::of).toList();

    private static Column column(String name, ColumnKind kind, String cast, int digits) {
        return new Column(name, cast, kind, cast, false, digits, false, true, false, false, "");
    }

    private static TargetTable target(Integer... key) {
        return new TargetTable(
                TABLE,
                FIELDS,
                List.of(
                        column("seconds", ColumnKind.INTEGER, "bigint", 0),
                        column("nanos", ColumnKind.DECIMAL, "numeric", 2)),
                List.of(key));
    }

    @Test
    void postgresqlTakesAnArrayForEachColumn() {
        PostgresDialect dialect = new PostgresDialect();
        assertThat(PostgresWriter.upsert(dialect, target(0)))
                .isEqualTo("insert into \"b\"\"ank\".\"t`able\" (\"seconds\", \"nanos\") overriding system value"
                        + " select cast(v.c0 as bigint), cast(v.c1 as numeric)"
                        + " from unnest(cast(? as int8[]), cast(? as int4[])) as v(c0, c1)"
                        + " on conflict (\"seconds\") do update set \"nanos\" = excluded.\"nanos\"");
        assertThat(PostgresWriter.delete(dialect, target(0)))
                .isEqualTo(
                        "delete from \"b\"\"ank\".\"t`able\" where \"seconds\" = any(cast(cast(? as int8[]) as bigint[]))");
        assertThat(dialect.onConflict(List.of("a"), List.of("a"))).isEqualTo("on conflict (\"a\") do nothing");
        assertThat(PostgresWriter.literal(List.of("a\"b\\", 1, new byte[] {1, (byte) 0xAB})))
                .isEqualTo("{\"a\\\"b\\\\\",\"1\",\"\\\\x01ab\"}");
    }

    @Test
    void mariadbTakesRows() {
        MariaDbDialect dialect = new MariaDbDialect();
        assertThat(dialect.upsert(TABLE, List.of("a", "b"), List.of("a")))
                .isEqualTo(
                        "insert into `b\"ank`.`t``able` (`a`, `b`) values (?, ?) on duplicate key update `b` = values(`b`)");
        assertThat(dialect.upsert(TABLE, List.of("a"), List.of("a"))).endsWith("update `a` = values(`a`)");
        assertThat(MariaDbWriter.json(List.of("a\"", 1L, Double.NaN, new byte[] {1})))
                .isEqualTo("[\"a\\\"\",1,\"NaN\",\"AQ==\"]");
    }

    @Test
    void aTableIsMadeOfTheContract() {
        assertThat(TableSetup.create(new PostgresDialect(), new TableName("s", "t"), List.of("seconds"), FIELDS))
                .isEqualTo(
                        "create table if not exists \"s\".\"t\" (\"seconds\" bigint not null, \"nanos\" integer not null, primary key (\"seconds\"))");
        RowField wrapped = RowField.of(StringValue.getDescriptor().findFieldByName("value"));
        assertThat(TableSetup.create(new MariaDbDialect(), new TableName("s", "t"), List.of("value"), List.of(wrapped)))
                .isEqualTo("create table if not exists `s`.`t` (`value` varchar(255) not null, primary key (`value`))"
                        + " engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin");
    }

    @Test
    void whatDoesNotFitIsToldAllTogether() {
        TableShape shape = new TableShape(
                List.of(
                        column("seconds", ColumnKind.FLOAT, "real", -1),
                        new Column("more", "int", ColumnKind.INTEGER, "int", false, 0, false, false, false, false, "")),
                List.of(new Unique("both", List.of("seconds", "more"), true)),
                "");
        assertThat(TableCheck.problems(
                        new PostgresDialect(), new TableName("s", "t"), "x.Y", List.of("seconds"), FIELDS, shape))
                .hasSize(4)
                .anyMatch(
                        text -> text.contains("has no column 'nanos'") && text.contains("ADD COLUMN \"nanos\" integer"))
                .anyMatch(text -> text.contains("'seconds' of s.t is real") && text.contains("make it bigint"))
                .anyMatch(text -> text.contains("column 'more' of s.t needs a value"))
                .anyMatch(text -> text.contains("ADD PRIMARY KEY (\"seconds\")"));
    }

    @Test
    void aKeyMayHaveSeveralColumns() {
        PostgresDialect postgres = new PostgresDialect();
        assertThat(PostgresWriter.upsert(postgres, target(1, 0)))
                .endsWith(" on conflict (\"nanos\", \"seconds\") do nothing");
        assertThat(PostgresWriter.delete(postgres, target(1, 0)))
                .isEqualTo("delete from \"b\"\"ank\".\"t`able\" as t"
                        + " using unnest(cast(? as int4[]), cast(? as int8[])) as v(c0, c1)"
                        + " where t.\"nanos\" = cast(v.c0 as numeric) and t.\"seconds\" = cast(v.c1 as bigint)");
        assertThat(PostgresWriter.update(postgres, target(1), List.of(0)))
                .isEqualTo("update \"b\"\"ank\".\"t`able\" as t set \"seconds\" = cast(v.c0 as bigint)"
                        + " from unnest(cast(? as int8[]), cast(? as int4[])) as v(c0, c1)"
                        + " where t.\"nanos\" = cast(v.c1 as numeric)");
        MariaDbDialect mariaDb = new MariaDbDialect();
        assertThat(mariaDb.update(TABLE, List.of("a", "b"), List.of("c", "d")))
                .isEqualTo("update `b\"ank`.`t``able` set `a` = ?, `b` = ? where `c` = ? and `d` = ?");
        assertThat(mariaDb.delete(TABLE, List.of("a", "b")))
                .isEqualTo("delete from `b\"ank`.`t``able` where `a` = ? and `b` = ?");
        assertThat(mariaDb.upsert(TABLE, List.of("a", "b", "c"), List.of("c", "a")))
                .endsWith("on duplicate key update `b` = values(`b`)");
        List<String> key = List.of("nanos", "seconds");
        assertThat(TableSetup.create(mariaDb, new TableName("s", "t"), key, FIELDS))
                .startsWith(
                        "create table if not exists `s`.`t` (`seconds` bigint not null, `nanos` int not null, primary key (`nanos`, `seconds`))");
        RowField text = RowField.of(StringValue.getDescriptor().findFieldByName("value"));
        assertThat(List.of(0, 1, 3, 4, 16))
                .map(columns -> mariaDb.type(text, columns))
                .containsExactly("longtext", "varchar(255)", "varchar(255)", "varchar(192)", "varchar(48)");
    }

    @Test
    void theKeyOfATableIsOfTheSameColumnsInAnyOrder() {
        TableName table = new TableName("s", "t");
        List<TableShape.Column> columns = List.of(
                column("seconds", ColumnKind.INTEGER, "bigint", 0), column("nanos", ColumnKind.INTEGER, "int", 0));
        TableShape both = new TableShape(columns, List.of(new Unique("u", List.of("seconds", "nanos"), true)), "");
        TableShape one = new TableShape(columns, List.of(new Unique("u", List.of("nanos"), true)), "");
        List<String> key = List.of("nanos", "seconds");
        assertThat(TableCheck.problems(new MariaDbDialect(), table, "x.Y", key, FIELDS, both))
                .isEmpty();
        assertThat(TableCheck.problems(new MariaDbDialect(), table, "x.Y", key, FIELDS, one))
                .hasSize(2)
                .anyMatch(text -> text.contains("no unique index of columns 'nanos', 'seconds' alone")
                        && text.contains("ADD PRIMARY KEY (`nanos`, `seconds`)"))
                .anyMatch(text -> text.contains("index u of s.t is unique beside the key"));
    }

    @Test
    void aListOfMessagesHasNoColumn() {
        assertThat(Type.getDescriptor().findFieldByName("fields"))
                .satisfies(field -> org.assertj.core.api.Assertions.assertThatThrownBy(() -> RowField.of(field))
                        .hasMessageContaining("list of messages"));
    }

    @Test
    void digitsThatCountAreCounted() {
        assertThat(List.of(
                        "1", "1.0", "-1.250", "1e-5", "1.5E3", "NaN", "2026-11-21", "2026-11-21T10:00:00.120Z", "1.5e"))
                .map(TargetTable::digits)
                .containsExactly(0, 0, 2, 5, 0, 0, 0, 2, 0);
    }
}
