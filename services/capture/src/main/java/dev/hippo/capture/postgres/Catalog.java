// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of a database as they are now. Not thread-safe. */
final class Catalog {
    private static final Logger log = LoggerFactory.getLogger(Catalog.class);

    private static final String RELATIONS = """
            select c.oid, n.nspname, c.relname, c.relkind::text, c.relreplident::text, c.relpersistence::text, c.relispartition
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
            order by n.nspname, c.relname""";

    /** What is computed from other columns is not in the log. */
    private static final String COLUMNS = """
            select a.attname, a.atttypid, a.attnotnull, format_type(a.atttypid, a.atttypmod)
            from pg_attribute a where a.attrelid = ?::bigint::oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum""";

    /** The log tells old rows by the replica identity, so an index that is one goes before the primary key. */
    private static final String KEY = """
            select a.attname from pg_class c join pg_index i on i.indrelid = c.oid
              cross join lateral unnest(i.indkey) with ordinality k (attnum, place)
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
            where c.oid = ?::bigint::oid and k.place <= i.indnkeyatts
              and case c.relreplident when 'i' then i.indisreplident else i.indisprimary end
            order by k.place""";

    private static final String FIND =
            "select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relname = ?";

    private final TypeCatalog types = new TypeCatalog();

    /**
     * A table, and what only PostgreSQL has to know of it.
     *
     * @param types of its columns
     * @param partitioned whether its rows are in other tables
     */
    record Described(SourceTable table, List<PgType> types, boolean partitioned) {
        /** Its rows, and no others, as a source of a query. */
        String rows() {
            return (partitioned ? "" : "only ") + Names.quoted(table);
        }
    }

    private record Relation(
            long oid, String schema, String name, String kind, String identity, String persistence, boolean partition) {
        String fullName() {
            return schema + "." + name;
        }

        /** Why it cannot be captured; null if it can. */
        @Nullable
        String problem() {
            if (kind.equals("v") || kind.equals("m") || kind.equals("f")) {
                return "is no table that has a log; name the tables that it is made of";
            }
            return switch (persistence) {
                case "u" -> "is unlogged, so nothing of it is in the log; run ALTER TABLE " + sql() + " SET LOGGED";
                case "t" -> "is a temporary table";
                default -> null;
            };
        }

        String sql() {
            return Names.quoted(schema) + "." + Names.quoted(name);
        }
    }

    /** Those that the patterns ask for; all problems are told at once. */
    List<Described> tables(Connection connection, List<TablePattern> patterns) throws SourceFailure, SQLException {
        List<Relation> all = relations(connection);
        List<String> problems = new ArrayList<>();
        Set<Relation> found = new LinkedHashSet<>();
        for (TablePattern pattern : patterns) {
            List<Relation> matching = all.stream()
                    .filter(relation -> pattern.matches(relation.schema(), relation.name()))
                    .toList();
            if (pattern.exact()) {
                matching.stream()
                        .map(Catalog::refusal)
                        .filter(text -> !text.isEmpty())
                        .forEach(problems::add);
                found.addAll(matching);
            } else {
                List<Relation> usable = matching.stream()
                        .filter(relation -> relation.problem() == null && !relation.partition())
                        .toList();
                matching.stream()
                        .filter(relation -> relation.problem() != null)
                        .forEach(relation -> log.info("Left out: {}", refusal(relation)));
                found.addAll(usable);
                matching = usable;
            }
            if (matching.isEmpty()) {
                problems.add(
                        "there is no table '" + pattern.text() + "'; check the name, and that it is in this database");
            }
        }
        List<Described> tables = new ArrayList<>();
        for (Relation relation : found) {
            if (relation.problem() == null) {
                tables.add(describe(connection, relation, problems));
            }
        }
        if (!problems.isEmpty()) {
            throw new SourceFailure(Kind.SETTING, "Tables cannot be captured: " + String.join("; ", problems));
        }
        return tables;
    }

    private static String refusal(Relation relation) {
        String problem = relation.problem();
        return problem == null ? "" : "table " + relation.fullName() + " " + problem;
    }

    private static List<Relation> relations(Connection connection) throws SQLException {
        List<Relation> relations = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(RELATIONS);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                relations.add(new Relation(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getBoolean(7)));
            }
        }
        return relations;
    }

    private Described describe(Connection connection, Relation relation, List<String> problems) throws SQLException {
        List<Column> columns = new ArrayList<>();
        List<PgType> forms = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setLong(1, relation.oid());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    TypeCatalog.Told told = types.type(connection, (int) row.getLong(2));
                    PgType type = told.type();
                    if (type == null) {
                        problems.add(
                                untellable(relation.fullName(), row.getString(1), row.getString(4), told.problem()));
                    } else {
                        forms.add(type);
                        columns.add(new Column(
                                row.getString(1), type.type(), type.list(), !row.getBoolean(3), row.getString(4)));
                    }
                }
            }
        }
        List<String> key = key(connection, relation.oid());
        if (relation.identity().equals("n") || (relation.identity().equals("d") && key.isEmpty())) {
            problems.add("table " + relation.fullName() + " has "
                    + (key.isEmpty() ? "no primary key" : "REPLICA IDENTITY NOTHING")
                    + ", and PostgreSQL would refuse every UPDATE and DELETE of it once it is published; run ALTER TABLE "
                    + relation.sql()
                    + " REPLICA IDENTITY " + (key.isEmpty() ? "FULL, or give it a primary key" : "DEFAULT"));
        }
        return new Described(
                new SourceTable(relation.schema(), relation.name(), columns, key),
                forms,
                relation.kind().equals("p"));
    }

    static String untellable(String table, String column, String declared, String why) {
        return "column '" + column + "' of " + table + " is " + declared + ", which is " + why
                + ", and no contract can tell it; change its type (json tells all of it), or leave the table out";
    }

    private static List<String> key(Connection connection, long oid) throws SQLException {
        List<String> key = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(KEY)) {
            query.setLong(1, oid);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    key.add(row.getString(1));
                }
            }
        }
        return key;
    }

    /** What the log does not tell of a relation, as it is now; with no columns if it is not there any more. */
    SourceTable now(Connection connection, String schema, String name) throws SQLException {
        return described(connection, schema, name).table();
    }

    /** A relation as it is now; with no columns if it is not there any more. What no contract can tell is left out. */
    Described described(Connection connection, String schema, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND)) {
            query.setString(1, schema);
            query.setString(2, name);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return new Described(new SourceTable(schema, name, List.of(), List.of()), List.of(), false);
                }
                Relation relation = new Relation(row.getLong(1), schema, name, "r", "f", "p", false);
                return describe(connection, relation, new ArrayList<>());
            }
        }
    }

    TypeCatalog types() {
        return types;
    }

    /** Such as {@code numeric(10,2)}. */
    static String declared(Connection connection, int oid, int modifier) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select format_type(?::bigint::oid, ?)")) {
            query.setLong(1, Integer.toUnsignedLong(oid));
            query.setInt(2, modifier);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }
}
