// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.capture.destination.TableShape.Column;
import dev.hippo.capture.destination.TableShape.Unique;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** MariaDB 10.6 and later, MySQL 8.0 and later. */
final class MariaDbDialect implements Dialect {
    /** What is cut or rounded is an error, a 0 in a counted column a 0, and a lock is not waited for for ever. */
    private static final String SESSION =
            "set session sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00', innodb_lock_wait_timeout = 30";
    /** A twin that hangs in the middle of a transaction keeps nobody waiting for longer. */
    private static final String MARIADB_SESSION = "set session idle_transaction_timeout = 60";

    private static final String COLUMNS =
            "select column_name, column_type, data_type, is_nullable, column_default is not null, extra,"
                    + " datetime_precision, numeric_scale, collation_name, coalesce(generation_expression, '')"
                    + " from information_schema.columns where table_schema = ? and table_name = ? order by ordinal_position";
    private static final String UNIQUES = "select index_name, column_name, sub_part from information_schema.statistics"
            + " where table_schema = ? and table_name = ? and non_unique = 0 order by index_name, seq_in_index";

    private static final String TIES = """
            select 1 from information_schema.key_column_usage where referenced_table_name is not null
              and ((table_schema = ? and table_name = ?) or (referenced_table_schema = ? and referenced_table_name = ?))
            union all select 1 from information_schema.triggers where event_object_schema = ? and event_object_table = ?
            limit 1""";

    private static final Set<Integer> PASSING = Set.of(
            1021, // disk full
            1037, // out of memory
            1040, // too many connections
            1041, 1053, // shutdown
            1203, // too many connections of the user
            1205, // a lock
            1213, // deadlock
            1290, // read only
            1317, // interrupted
            1836, // read only
            1927, // connection killed
            4166, // idle transaction
            4031); // idle connection

    private static final int LONGEST_IN_KEY = 255;
    /** A temporary table cannot be like a table with partitions. */
    private static final Set<Integer> PARTITIONED = Set.of(1478, 1562);

    private volatile boolean mariaDb = true;

    @Override
    public Connection connect(Login login) throws SQLException {
        String url = login.url().startsWith("jdbc:mysql:")
                ? "jdbc:mariadb:" + login.url().substring("jdbc:mysql:".length())
                : login.url();
        Properties properties = new Properties();
        if (!login.user().isEmpty()) {
            properties.setProperty("user", login.user());
        }
        properties.setProperty("password", login.password());
        properties.setProperty("connectionAttributes", "program_name:" + login.application());
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("socketTimeout", "300000");
        properties.setProperty("useBulkStmts", "true");
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            mariaDb = connection
                    .getMetaData()
                    .getDatabaseProductName()
                    .toLowerCase(Locale.ROOT)
                    .contains("mariadb");
            statement.execute(SESSION);
            if (mariaDb) {
                statement.execute(MARIADB_SESSION);
            }
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    @Override
    public boolean hasSchema(Connection connection, String schema) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select 1 from information_schema.schemata where schema_name = ?")) {
            statement.setString(1, schema);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    @Override
    public Optional<TableShape> shape(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select table_type, engine from information_schema.tables where table_schema = ? and table_name = ?")) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                String engine = String.valueOf(rows.getString(2));
                String obstacle = "";
                if (!rows.getString(1).equals("BASE TABLE")) {
                    obstacle = table + " is a " + rows.getString(1).toLowerCase(Locale.ROOT) + "; name a table";
                } else if (!engine.equalsIgnoreCase("InnoDB")) {
                    obstacle = table + " is of engine " + engine + ", which has no transactions; ALTER TABLE "
                            + quoted(table) + " ENGINE = InnoDB";
                }
                return Optional.of(new TableShape(columns(connection, table), uniques(connection, table), obstacle));
            }
        }
    }

    private static List<Column> columns(Connection connection, TableName table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String declared = rows.getString(2);
                    String type = rows.getString(3).toLowerCase(Locale.ROOT);
                    boolean hasScale = rows.getString(8) != null;
                    boolean computed = !rows.getString(10).isEmpty();
                    String extra = String.valueOf(rows.getString(6)).toLowerCase(Locale.ROOT);
                    columns.add(new Column(
                            rows.getString(1),
                            declared,
                            kind(type, declared, hasScale),
                            "",
                            false,
                            digits(type, rows.getInt(7), rows.getInt(8)),
                            type.equals("date"),
                            rows.getString(4).equalsIgnoreCase("yes"),
                            rows.getBoolean(5) || extra.contains("auto_increment") || computed,
                            computed,
                            rows.getString(9) == null ? "" : rows.getString(9)));
                }
            }
        }
        return columns;
    }

    private static ColumnKind kind(String type, String declared, boolean hasScale) {
        return switch (type) {
            case "tinyint" -> ColumnKind.TINY_INTEGER;
            case "smallint", "mediumint", "int", "bigint" -> ColumnKind.INTEGER;
            case "bit" -> declared.equals("bit(1)") ? ColumnKind.BOOL : ColumnKind.UNKNOWN;
            case "decimal" -> ColumnKind.DECIMAL;
            // with a number of digits they round
            case "float" -> hasScale ? ColumnKind.UNKNOWN : ColumnKind.FLOAT;
            case "double" -> hasScale ? ColumnKind.UNKNOWN : ColumnKind.DOUBLE;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> ColumnKind.TEXT;
            case "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> ColumnKind.BYTES;
            case "datetime", "timestamp" -> ColumnKind.MOMENT;
            case "json" -> ColumnKind.JSON;
            case "date", "time", "year", "enum", "set", "uuid", "inet4", "inet6" -> ColumnKind.READ_FROM_TEXT;
            default -> ColumnKind.UNKNOWN;
        };
    }

    private static int digits(String type, int ofTime, int scale) {
        return switch (type) {
            case "decimal" -> scale;
            case "tinyint", "smallint", "mediumint", "int", "bigint", "year" -> 0;
            case "datetime", "timestamp", "time" -> ofTime;
            default -> -1;
        };
    }

    private static List<Unique> uniques(Connection connection, TableName table) throws SQLException {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        Set<String> parts = new LinkedHashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(UNIQUES)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                            .add(String.valueOf(rows.getString(2)));
                    if (rows.getString(3) != null) {
                        parts.add(rows.getString(1));
                    }
                }
            }
        }
        return columns.entrySet().stream()
                .map(index -> new Unique(index.getKey(), index.getValue(), !parts.contains(index.getKey())))
                .toList();
    }

    @Override
    public String type(RowField field, int inKeyOf) {
        if (field.list()) {
            return "json";
        }
        return switch (field.kind()) {
            case BOOL -> "boolean";
            case INT32 -> "int";
            case UINT32 -> "int unsigned";
            case INT64 -> "bigint";
            case UINT64 -> "bigint unsigned";
            case FLOAT -> "float";
            case DOUBLE -> "double";
            case TEXT -> inKeyOf > 0 ? "varchar(" + length(inKeyOf) + ")" : "longtext";
            case BYTES -> inKeyOf > 0 ? "varbinary(" + length(inKeyOf) + ")" : "longblob";
            case MOMENT -> "datetime(6)";
            case JSON -> "json";
        };
    }

    /** All columns of an index together have at most 3,072 bytes, and a character up to four of them. */
    private static int length(int columns) {
        return Math.min(LONGEST_IN_KEY, 3_072 / 4 / columns);
    }

    /** Texts are compared byte by byte: else 'a' and 'A' were one key. */
    @Override
    public String tableOptions() {
        return " engine = InnoDB default character set utf8mb4 collate "
                + (mariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");
    }

    @Override
    public boolean takes(RowField field, Column column) {
        if (field.list()) {
            return column.kind() == ColumnKind.JSON || column.kind() == ColumnKind.TEXT;
        }
        return column.kind().takes(field.kind());
    }

    @Override
    public List<String> keyProblems(TableName table, TableShape shape, List<Column> key) {
        List<String> problems = new ArrayList<>();
        for (Column column : key) {
            if (!column.collation().isEmpty() && !column.collation().endsWith("_bin")) {
                problems.add("column '" + column.name() + "' of " + table + " is compared by " + column.collation()
                        + ", which may take two keys for one, such as 'a' and 'A'; ALTER TABLE " + quoted(table)
                        + " MODIFY " + quoted(column.name()) + " " + column.declared()
                        + " COLLATE utf8mb4_bin NOT NULL");
            }
        }
        List<String> names = key.stream().map(Column::name).toList();
        for (Unique unique : shape.uniques()) {
            if (!unique.isOf(names)) {
                problems.add(
                        "index " + unique.name() + " of " + table + " is unique beside the key, and the server would"
                                + " write over the row that has the same values in it; make it an index that is not unique");
            }
        }
        return problems;
    }

    @Override
    public boolean tied(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TIES)) {
            for (int parameter = 1; parameter < 6; parameter += 2) {
                statement.setString(parameter, table.schema());
                statement.setString(parameter + 1, table.name());
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    @Override
    public RowWriter writer(Connection connection, TargetTable table) {
        return new MariaDbWriter(this, connection, table);
    }

    @Override
    public String upsert(TableName table, List<String> columns, List<String> key) {
        List<String> news = columns.stream()
                .filter(column -> !key.contains(column))
                .map(column -> quoted(column) + " = values(" + quoted(column) + ")")
                .toList();
        // a row of nothing but its key is set to what it is
        String update =
                news.isEmpty() ? quoted(key.get(0)) + " = values(" + quoted(key.get(0)) + ")" : String.join(", ", news);
        return insert("insert into ", table, columns) + " on duplicate key update " + update;
    }

    /** An UPDATE with a parameter for each column that is set, and then for each of the key. */
    String update(TableName table, List<String> columns, List<String> key) {
        return "update " + quoted(table) + " set "
                + columns.stream().map(column -> quoted(column) + " = ?").collect(Collectors.joining(", "))
                + " where "
                + key.stream().map(column -> quoted(column) + " = ?").collect(Collectors.joining(" and "));
    }

    /** A DELETE with a parameter for each column of the key. */
    String delete(TableName table, List<String> key) {
        return "delete from " + quoted(table) + " where "
                + key.stream().map(column -> quoted(column) + " = ?").collect(Collectors.joining(" and "));
    }

    @Override
    public String insertIfAbsent(TableName table, List<String> columns) {
        return insert("insert ignore into ", table, columns);
    }

    private String insert(String into, TableName table, List<String> columns) {
        return into + quoted(table) + " (" + columns.stream().map(this::quoted).collect(Collectors.joining(", "))
                + ") values ("
                + columns.stream().map(column -> "?").collect(Collectors.joining(", ")) + ")";
    }

    @Override
    public TableName mirror(TableName table) {
        return new TableName(table.schema(), "hippo_mirror");
    }

    @Override
    public void makeMirror(Connection connection, TableName table, List<String> key) throws SQLException {
        String mirror = quoted(mirror(table));
        try (Statement statement = connection.createStatement()) {
            statement.execute("drop temporary table if exists " + mirror);
            try {
                statement.execute("create temporary table " + mirror + " like " + quoted(table));
            } catch (SQLException e) {
                if (!PARTITIONED.contains(e.getErrorCode())) {
                    throw e;
                }
                String columns = key.stream().map(this::quoted).collect(Collectors.joining(", "));
                // a text without a length may be unique, and no primary key
                statement.execute("create temporary table " + mirror + " (unique (" + columns + ")) select * from "
                        + quoted(table) + " limit 0");
            }
        }
    }

    @Override
    public String same(String one, String other) {
        // as bytes a number has fewer digits than it is, and by its collation a text is the same as another
        return "(" + one + " <=> " + other + " and binary " + one + " <=> binary " + other + ")";
    }

    @Override
    public boolean passes(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        return state.startsWith("08") || state.startsWith("40") || PASSING.contains(failure.getErrorCode());
    }

    @Override
    public String words(SQLException failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return message.replaceFirst("^\\(conn=\\d+\\) ", "").strip();
    }

    @Override
    public String advice(SQLException failure, Login login) {
        return switch (failure.getErrorCode()) {
            case 1045, 1698 -> "check user and password";
            case 1049 -> "check the database's name in the url";
            case 1044, 1142, 1143, 1227 ->
                "GRANT SELECT, INSERT, UPDATE, DELETE on the tables, and CREATE while there are tables to be made, TO '"
                        + login.user() + "'@'HOST'";
            case 1054, 1146 ->
                "somebody has changed the table since it was checked; start the hippo again, which checks it anew";
            case 1048 -> "let the column take NULL, or give the field a value at its source";
            case 1451, 1452, 1062, 4025 ->
                "take the constraint away, or mend the row at its source: the newer one counts";
            default ->
                "change the column so that it takes the value, or mend the row at its source: the newer one counts";
        };
    }
}
