// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.ColumnType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the types of a database are told, by their oids. What a type is never changes, so it is asked once. Not thread-safe. */
final class TypeCatalog {
    private static final String TYPE = """
            select t.typtype::text, t.typbasetype, t.typelem, t.typoutput = 'array_out'::regproc, t.typdelim::text, n.nspname = 'pg_catalog', t.typname
            from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.oid = ?::bigint::oid""";

    /** What contracts have a type of its own for; all others are told as the text that PostgreSQL writes. */
    private static final Map<String, ColumnType> BUILT_IN = Map.ofEntries(
            Map.entry("bool", ColumnType.BOOL),
            Map.entry("int2", ColumnType.INT32),
            Map.entry("int4", ColumnType.INT32),
            Map.entry("int8", ColumnType.INT64),
            Map.entry("oid", ColumnType.UINT32),
            Map.entry("xid", ColumnType.UINT32),
            Map.entry("cid", ColumnType.UINT32),
            Map.entry("xid8", ColumnType.UINT64),
            Map.entry("float4", ColumnType.FLOAT),
            Map.entry("float8", ColumnType.DOUBLE),
            Map.entry("numeric", ColumnType.DECIMAL),
            Map.entry("bytea", ColumnType.BYTES),
            Map.entry("timestamptz", ColumnType.INSTANT),
            Map.entry("timestamp", ColumnType.LOCAL_DATE_TIME),
            Map.entry("date", ColumnType.DATE),
            Map.entry("time", ColumnType.TIME),
            Map.entry("timetz", ColumnType.ZONED_TIME),
            Map.entry("interval", ColumnType.INTERVAL),
            Map.entry("json", ColumnType.JSON),
            Map.entry("jsonb", ColumnType.JSON),
            Map.entry("uuid", ColumnType.UUID));

    /** A type, or why it cannot be told. */
    record Told(@Nullable PgType type, String problem) {
        static Told as(PgType type) {
            return new Told(type, "");
        }
    }

    private final Map<Integer, Told> types = new HashMap<>();

    /** Types that are not there any more are told as text. */
    Told type(Connection connection, int oid) throws SQLException {
        Told known = types.get(oid);
        if (known == null) {
            known = read(connection, oid);
            types.put(oid, known);
        }
        return known;
    }

    private Told read(Connection connection, int oid) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TYPE)) {
            query.setLong(1, Integer.toUnsignedLong(oid));
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Told.as(PgType.of(ColumnType.TEXT));
                }
                String kind = row.getString(1);
                int base = (int) row.getLong(2);
                int element = (int) row.getLong(3);
                boolean list = row.getBoolean(4);
                byte delimiter = (byte) row.getString(5).charAt(0);
                boolean builtIn = row.getBoolean(6);
                String name = row.getString(7);
                if (list) {
                    return listOf(type(connection, element), delimiter);
                }
                return switch (kind) {
                    case "d" -> type(connection, base);
                    case "e" -> Told.as(PgType.of(ColumnType.ENUM));
                    case "c" -> new Told(null, "composite");
                    case "p" -> new Told(null, "a pseudo-type");
                    default ->
                        Told.as(PgType.of(builtIn ? BUILT_IN.getOrDefault(name, ColumnType.TEXT) : ColumnType.TEXT));
                };
            }
        }
    }

    private static Told listOf(Told element, byte delimiter) {
        PgType type = element.type();
        if (type == null) {
            return new Told(null, "a list of what is " + element.problem());
        }
        // a domain over a list, in a list
        return type.list() ? new Told(null, "a list of lists") : Told.as(type.listOf(delimiter));
    }
}
