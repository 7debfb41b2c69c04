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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** PostgreSQL 14 and later. */
final class PostgresDialect implements Dialect {
    /** A twin that hangs in the middle of a transaction keeps nobody waiting for longer. */
    private static final String SESSION = """
            select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false), set_config('statement_timeout', '0', false),
              set_config('lock_timeout', '30s', false), set_config('idle_in_transaction_session_timeout', '60s', false),
              set_config('default_transaction_isolation', 'read committed', false)""";

    /** The types below the domains: a value that is brought to a domain of a length would be cut. */
    private static final String COLUMNS = """
            with recursive base(number, type, length) as (
              select attnum, atttypid, atttypmod from pg_attribute where attrelid = ? and attnum > 0 and not attisdropped
              union all
              select b.number, t.typbasetype, t.typtypmod from base b join pg_type t on t.oid = b.type where t.typtype = 'd')
            select a.attname, format_type(a.atttypid, a.atttypmod), coalesce(e.typname, t.typname), coalesce(e.typtype, t.typtype), format_type(b.type, -1),
              b.length, e.oid is not null, not a.attnotnull, a.atthasdef or a.attidentity <> '', a.attgenerated <> ''
            from base b join pg_attribute a on a.attrelid = ? and a.attnum = b.number join pg_type t on t.oid = b.type
              left join pg_type e on t.typcategory = 'A' and e.oid = t.typelem
            where t.typtype <> 'd' order by a.attnum""";

    private static final String UNIQUES = """
            select i.relname, x.indpred is null and x.indimmediate and x.indisvalid and 0 <> all(x.indkey::int2[]),
              array(select a.attname::text from unnest(x.indkey::int2[]) with ordinality k(number, place)
                join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number where k.place <= x.indnkeyatts order by k.place)
            from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = ? and x.indisunique order by i.relname""";

    private static final String TIES = """
            select exists (select 1 from pg_constraint f where f.contype = 'f' and c.oid in (f.conrelid, f.confrelid))
              or exists (select 1 from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) or c.relhasrules
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relname = ?""";

    private static final String MIRROR = "hippo_mirror";
    private static final int HEADER = 4;
    private static final int SCALE_BITS = 0x7FF;
    private static final int NO_PRECISION = 0xFFFF;
    private static final int MICROSECONDS = 6;
    private static final Set<String> TIMES = Set.of("timestamp", "timestamptz", "time", "timetz", "interval");

    @Override
    public Connection connect(Login login) throws SQLException {
        Properties properties = new Properties();
        if (!login.user().isEmpty()) {
            properties.setProperty("user", login.user());
        }
        properties.setProperty("password", login.password());
        properties.setProperty("ApplicationName", login.application());
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "30");
        properties.setProperty("socketTimeout", "300");
        Connection connection = DriverManager.getConnection(login.url(), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SESSION);
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    @Override
    public String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public boolean hasSchema(Connection connection, String schema) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select 1 from pg_namespace where nspname = ?")) {
            statement.setString(1, schema);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    @Override
    public Optional<TableShape> shape(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select c.oid, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                        + " where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p', 'v', 'm', 'f')")) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                boolean isTable = Set.of("r", "p").contains(rows.getString(2));
                return Optional.of(new TableShape(
                        columns(connection, rows.getLong(1)),
                        uniques(connection, rows.getLong(1)),
                        isTable ? "" : table + " is a view or a foreign table; name a table"));
            }
        }
    }

    private static List<Column> columns(Connection connection, long table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setLong(1, table);
            statement.setLong(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String type = rows.getString(3);
                    columns.add(new Column(
                            rows.getString(1),
                            rows.getString(2),
                            kind(type, rows.getString(4)),
                            rows.getString(5),
                            rows.getBoolean(7),
                            digits(type, rows.getInt(6)),
                            type.equals("date"),
                            rows.getBoolean(8),
                            rows.getBoolean(9),
                            rows.getBoolean(10),
                            ""));
                }
            }
        }
        return columns;
    }

    private static ColumnKind kind(String type, String sort) {
        return switch (type) {
            case "bool" -> ColumnKind.BOOL;
            case "int2", "int4", "int8" -> ColumnKind.INTEGER;
            case "numeric" -> ColumnKind.DECIMAL;
            case "float4" -> ColumnKind.FLOAT;
            case "float8" -> ColumnKind.DOUBLE;
            case "text", "varchar", "bpchar" -> ColumnKind.TEXT;
            case "bytea" -> ColumnKind.BYTES;
            case "timestamp", "timestamptz" -> ColumnKind.MOMENT;
            case "json", "jsonb" -> ColumnKind.JSON;
            case "name", "char", "money", "oid" -> ColumnKind.UNKNOWN;
            default -> sort.equals("c") || sort.equals("p") ? ColumnKind.UNKNOWN : ColumnKind.READ_FROM_TEXT;
        };
    }

    private static int digits(String type, int length) {
        if (type.equals("numeric")) {
            return length < 0 ? -1 : (((length - HEADER) & SCALE_BITS) ^ 1024) - 1024;
        }
        if (type.startsWith("int") && !type.equals("interval")) {
            return 0;
        }
        if (!TIMES.contains(type)) {
            return -1;
        }
        int precision = type.equals("interval") ? length & NO_PRECISION : length;
        return length < 0 || precision == NO_PRECISION ? MICROSECONDS : precision;
    }

    private static List<Unique> uniques(Connection connection, long table) throws SQLException {
        List<Unique> uniques = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(UNIQUES)) {
            statement.setLong(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Object columns = rows.getArray(3).getArray();
                    uniques.add(new Unique(rows.getString(1), Arrays.asList((String[]) columns), rows.getBoolean(2)));
                }
            }
        }
        return uniques;
    }

    @Override
    public String type(RowField field, int inKeyOf) {
        String type = switch (field.kind()) {
            case BOOL -> "boolean";
            case INT32 -> "integer";
            case INT64, UINT32 -> "bigint";
            case UINT64 -> "numeric(20)";
            case FLOAT -> "real";
            case DOUBLE -> "double precision";
            case TEXT -> "text";
            case BYTES -> "bytea";
            case MOMENT -> "timestamp with time zone";
            case JSON -> "jsonb";
        };
        return field.list() ? type + "[]" : type;
    }

    @Override
    public String tableOptions() {
        return "";
    }

    @Override
    public boolean takes(RowField field, Column column) {
        return field.list() == column.list() && column.kind().takes(field.kind());
    }

    @Override
    public List<String> keyProblems(TableName table, TableShape shape, List<Column> key) {
        return List.of();
    }

    @Override
    public boolean tied(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TIES)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    @Override
    public RowWriter writer(Connection connection, TargetTable table) {
        return new PostgresWriter(this, connection, table);
    }

    @Override
    public String upsert(TableName table, List<String> columns, List<String> key) {
        String names = columns.stream().map(this::quoted).collect(Collectors.joining(", "));
        return "insert into " + quoted(table) + " (" + names + ") values ("
                + String.join(", ", columns.stream().map(column -> "?").toList()) + ") " + onConflict(columns, key);
    }

    /** What an INSERT does where there is a row with the same key. */
    String onConflict(List<String> columns, List<String> key) {
        String keys = key.stream().map(this::quoted).collect(Collectors.joining(", "));
        String news = columns.stream()
                .filter(column -> !key.contains(column))
                .map(column -> quoted(column) + " = excluded." + quoted(column))
                .collect(Collectors.joining(", "));
        return "on conflict (" + keys + ") do " + (news.isEmpty() ? "nothing" : "update set " + news);
    }

    @Override
    public String insertIfAbsent(TableName table, List<String> columns) {
        return "insert into " + quoted(table) + " ("
                + columns.stream().map(this::quoted).collect(Collectors.joining(", ")) + ") values ("
                + String.join(", ", columns.stream().map(column -> "?").toList()) + ") on conflict do nothing";
    }

    @Override
    public TableName mirror(TableName table) {
        return new TableName("pg_temp", MIRROR);
    }

    @Override
    public void makeMirror(Connection connection, TableName table, List<String> key) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists " + quoted(mirror(table)));
            statement.execute("create temporary table " + quoted(MIRROR) + " (like " + quoted(table)
                    + " including defaults, primary key ("
                    + key.stream().map(this::quoted).collect(Collectors.joining(", ")) + "))");
        }
    }

    @Override
    public String same(String one, String other) {
        // not every type has an equality, and some take different values for equal
        return "(" + one + ")::text is not distinct from (" + other + ")::text";
    }

    @Override
    public boolean passes(SQLException failure) {
        String state = state(failure);
        // no connection; resources; an operator's doing; a clash with another; a lock; a transaction that idled; a
        // stand-by
        return state.isEmpty()
                || state.startsWith("08")
                || state.startsWith("40")
                || (state.startsWith("53") && !state.equals("53400"))
                || state.startsWith("57")
                || state.startsWith("58")
                || Set.of("55006", "55P03", "25P03", "25006").contains(state);
    }

    private static String state(SQLException failure) {
        return failure.getSQLState() == null ? "" : failure.getSQLState();
    }

    @Override
    public String words(SQLException failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        int place = message.indexOf("\n  Position:");
        int where = message.indexOf("\n  Where:");
        int end = Math.min(place < 0 ? message.length() : place, where < 0 ? message.length() : where);
        return message.substring(0, end).strip().replaceAll("\\s*\n\\s*", "; ");
    }

    @Override
    public String advice(SQLException failure, Login login) {
        String state = state(failure);
        return switch (state) {
            case "28P01", "28000" -> "check user, password and the server's pg_hba.conf";
            case "3D000" -> "check the database's name in the url";
            case "42501" ->
                "GRANT SELECT, INSERT, UPDATE, DELETE on the tables, and CREATE on their schema while there are tables"
                        + " to be made, TO " + quoted(login.user());
            case "42P01", "42703", "42P10" ->
                "somebody has changed the table since it was checked; start the hippo again, which checks it anew";
            case "23502" -> "let the column take NULL, or give the field a value at its source";
            default ->
                state.startsWith("23")
                        ? "take the constraint away, or mend the row at its source: the newer one counts"
                        : "change the column so that it takes the value, or mend the row at its source: the newer one counts";
        };
    }
}
