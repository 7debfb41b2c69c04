// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks the server's catalog what its tables are now. */
final class Catalog {
    private static final String TABLES =
            "select t.table_schema, t.table_name, coalesce(unix_timestamp(t.create_time), 0) from information_schema.tables t"
                    + " where t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')"
                    + " and t.table_schema not in ('mysql', 'information_schema', 'performance_schema', 'sys')"
                    + " order by t.table_schema, t.table_name";
    private static final String COLUMNS =
            "select column_name, lower(data_type), column_type, is_nullable, character_set_name,"
                    + " coalesce(character_octet_length, 0), coalesce(numeric_precision, 0), coalesce(numeric_scale, 0),"
                    + " coalesce(datetime_precision, 0), extra"
                    + " from information_schema.columns where table_schema = ? and table_name = ?"
                    + " order by ordinal_position";
    private static final String KEYS =
            "select index_name, column_name, non_unique, nullable, sub_part from information_schema.statistics"
                    + " where table_schema = ? and table_name = ? order by index_name, seq_in_index";
    private static final String JSON_CHECKS = "select check_clause from information_schema.check_constraints"
            + " where constraint_schema = ? and table_name = ?";
    private static final String PRIMARY = "PRIMARY";

    private final Server server;

    Catalog(Server server) {
        this.server = server;
    }

    /**
     * All tables that match.
     *
     * @throws SourceFailure if one has a type that cannot be told
     */
    List<TableDefinition> tables(TablePatterns patterns) throws SourceFailure {
        List<TableDefinition> found = new ArrayList<>();
        try (Statement statement = server.connection().createStatement();
                ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                String schema = rows.getString(1);
                String table = rows.getString(2);
                if (patterns.match(schema, table)) {
                    found.add(new TableDefinition(
                            schema, table, columns(schema, table), key(schema, table), rows.getLong(3)));
                }
            }
        } catch (SQLException e) {
            throw ServerFailures.of(server.settings(), "read the catalog", e);
        }
        return found;
    }

    /** Names of the character sets, by the number of a collation. */
    Map<Integer, String> charsets() throws SourceFailure {
        Map<Integer, String> charsets = new HashMap<>();
        String question = server.isMariaDb()
                ? "select id, character_set_name from information_schema.collation_character_set_applicability"
                : "select id, character_set_name from information_schema.collations";
        try (Statement statement = server.connection().createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            while (rows.next()) {
                charsets.put(rows.getInt(1), rows.getString(2));
            }
        } catch (SQLException e) {
            throw ServerFailures.of(server.settings(), "read the catalog", e);
        }
        return charsets;
    }

    private PreparedStatement ask(String question, String schema, String table) throws SQLException {
        PreparedStatement statement = server.connection().prepareStatement(question);
        statement.setString(1, schema);
        statement.setString(2, table);
        return statement;
    }

    private List<ColumnDefinition> columns(String schema, String table) throws SQLException, SourceFailure {
        Set<String> json = jsonColumns(schema, table);
        List<ColumnDefinition> columns = new ArrayList<>();
        try (PreparedStatement statement = ask(COLUMNS, schema, table);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.add(column(schema + "." + table, rows, json));
            }
        }
        return columns;
    }

    private static ColumnDefinition column(String table, ResultSet row, Set<String> json)
            throws SQLException, SourceFailure {
        String name = row.getString(1);
        String dataType = row.getString(2);
        String declared = row.getString(3);
        boolean unsigned =
                declared.contains(" unsigned") && !declared.startsWith("enum") && !declared.startsWith("set");
        String charset = row.getString(5);
        int octets = (int) Math.min(row.getLong(6), Integer.MAX_VALUE);
        int precision = row.getInt(7);
        int size = dataType.equals("decimal") || dataType.equals("bit")
                ? precision
                : ColumnTypes.fixedSize(dataType, octets);
        int scale = dataType.equals("decimal") ? row.getInt(8) : row.getInt(9);
        String extra = String.valueOf(row.getString(10)).toUpperCase(Locale.ROOT);
        ColumnType type = ColumnTypes.of(dataType, unsigned, size);
        if (type == ColumnType.TEXT && json.contains(name)) {
            type = ColumnType.JSON;
        }
        if (type == null || declared.contains("COMPRESSED")) {
            throw untold(table, name, declared, "no contract can tell it", "leave the table out");
        }
        boolean labels = type == ColumnType.ENUM || type == ColumnType.SET;
        if (charset != null && Utf8Converter.of(charset).isEmpty()) {
            throw untold(
                    table, name, declared, "its character set " + charset + " is not known", "convert it to utf8mb4");
        }
        return new ColumnDefinition(
                name,
                dataType,
                declared,
                type,
                row.getString(4).equals("YES"),
                unsigned,
                labels ? null : charset,
                labels ? ColumnTypes.labels(declared) : List.of(),
                size,
                scale,
                extra.contains("VIRTUAL"));
    }

    private static SourceFailure untold(String table, String column, String declared, String why, String remedy) {
        return new SourceFailure(
                Kind.SETTING, "column '" + column + "' of " + table + " is " + declared + ": " + why + "; " + remedy);
    }

    /** MariaDB keeps JSON as text with a check. */
    private Set<String> jsonColumns(String schema, String table) throws SQLException {
        Set<String> columns = new HashSet<>();
        if (!server.isMariaDb()) {
            return columns;
        }
        try (PreparedStatement statement = ask(JSON_CHECKS, schema, table);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                checkedColumn(rows.getString(1)).ifPresent(columns::add);
            }
        }
        return columns;
    }

    private static Optional<String> checkedColumn(String clause) {
        String begin = "json_valid(`";
        String end = "`)";
        return clause.startsWith(begin) && clause.endsWith(end)
                ? Optional.of(clause.substring(begin.length(), clause.length() - end.length())
                        .replace("``", "`"))
                : Optional.empty();
    }

    /** The primary key; else the shortest unique index whose columns always have values; else none. */
    private List<String> key(String schema, String table) throws SQLException {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        Set<String> unfit = new HashSet<>();
        try (PreparedStatement statement = ask(KEYS, schema, table);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String index = rows.getString(1);
                String column = rows.getString(2);
                boolean part = rows.getString(5) != null;
                if (rows.getInt(3) != 0 || "YES".equals(rows.getString(4)) || column == null) {
                    unfit.add(index);
                } else if (part && !index.equals(PRIMARY)) {
                    unfit.add(index);
                }
                indexes.computeIfAbsent(index, name -> new ArrayList<>()).add(String.valueOf(column));
            }
        }
        indexes.keySet().removeAll(unfit);
        return shortest(indexes);
    }

    private static List<String> shortest(Map<String, List<String>> indexes) {
        @Nullable List<String> primary = indexes.get(PRIMARY);
        if (primary != null) {
            return primary;
        }
        List<String> best = List.of();
        for (List<String> columns : indexes.values()) {
            if (best.isEmpty() || columns.size() < best.size()) {
                best = columns;
            }
        }
        return best;
    }
}
