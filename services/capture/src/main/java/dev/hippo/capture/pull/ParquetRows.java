// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Parquet file, in its order, as DuckDB reads them: some at a time. The file's footer says how many there are; fewer, and the scan breaks off, for the driver does not tell of an
 * error in the middle of a result that it hands out in parts.
 */
final class ParquetRows implements FileScan.Rows {
    private static final List<String> SETTINGS = List.of(
            "SET threads=1",
            "SET memory_limit='512MiB'",
            "SET temp_directory=''",
            "SET TimeZone='UTC'",
            "SET autoinstall_known_extensions=false",
            "SET autoload_known_extensions=false");
    /** In a type; what stands in quotes is the name of a field. */
    private static final Pattern DECIMALS = Pattern.compile("(\"(?:[^\"]|\"\")*\")|\\bDECIMAL\\(\\d+, ?\\d+\\)");

    private final Connection connection;
    private final String name;
    private final long count;
    private final JdbcColumn[] columns;
    private final ResultSet rows;
    private long row;

    /** A column of the file. */
    private record FileColumn(String name, String type) {}

    /**
     * Opens a file.
     *
     * @param name the file's, for people
     * @throws SourceFailure if it is no Parquet file, is not whole, or lacks a field
     */
    ParquetRows(Path file, List<String> fields, String name) throws SourceFailure {
        this.name = name;
        Properties properties = new Properties();
        // else the whole file would be in memory
        properties.setProperty("jdbc_stream_results", "true");
        try {
            this.connection = DriverManager.getConnection("jdbc:duckdb:", properties);
        } catch (SQLException e) {
            throw unreadable(e);
        }
        try {
            Statement statement = connection.createStatement();
            for (String setting : SETTINGS) {
                statement.execute(setting);
            }
            this.count = count(statement, file);
            this.rows = statement.executeQuery(select(statement, file, fields));
            this.columns = new JdbcColumn[fields.size()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = JdbcColumn.of(rows.getMetaData(), i + 1, false);
            }
        } catch (SQLException e) {
            closeAfter(e);
            throw unreadable(e);
        } catch (SourceFailure e) {
            closeAfter(e);
            throw e;
        }
    }

    private static long count(Statement statement, Path file) throws SQLException {
        try (ResultSet footer =
                statement.executeQuery("SELECT num_rows FROM parquet_file_metadata(" + literal(file) + ")")) {
            footer.next();
            return footer.getLong(1);
        }
    }

    private String select(Statement statement, Path file, List<String> fields) throws SQLException, SourceFailure {
        String from = " FROM read_parquet(" + literal(file) + ", hive_partitioning=false)";
        List<FileColumn> described = new ArrayList<>();
        try (ResultSet columns = statement.executeQuery("DESCRIBE SELECT *" + from)) {
            while (columns.next()) {
                described.add(new FileColumn(columns.getString("column_name"), columns.getString("column_type")));
            }
        }
        int[] numbers = FieldNames.columns(
                fields, described.stream().map(FileColumn::name).toList(), name);
        return IntStream.of(numbers)
                        .mapToObj(number -> {
                            FileColumn column = described.get(number);
                            String quoted = '"' + column.name().replace("\"", "\"\"") + '"';
                            return column.type().endsWith("]")
                                    ? list(quoted, column.type())
                                    : value(quoted, column.type(), false);
                        })
                        .collect(Collectors.joining(", ", "SELECT ", ""))
                + from;
    }

    private static String list(String column, String type) {
        String element = type.substring(0, type.lastIndexOf('['));
        // a list in a list comes as text, which no number or time is made of
        return "[" + (element.endsWith("]") ? json("x", element) : value("x", element, true)) + " FOR x IN " + column
                + "]";
    }

    /** As a number of JSON a decimal would be a double, and so it is a text. */
    private static String json(String column, String type) {
        String texts = DECIMALS.matcher(type)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1) == null ? "VARCHAR" : found.group(1)));
        return "CASE WHEN " + column + " IS NOT NULL THEN to_json("
                + (texts.equals(type) ? column : column + "::" + texts) + ")::VARCHAR END";
    }

    /** Nothing is left to what the driver makes of a time without a zone, nor to Java's words for a struct. */
    private static String value(String column, String type, boolean element) {
        if (type.startsWith("STRUCT") || type.startsWith("MAP") || type.startsWith("UNION") || type.equals("VARIANT")) {
            return json(column, type);
        }
        if (type.equals("TIMESTAMP WITH TIME ZONE")) {
            return column;
        }
        if (type.startsWith("TIMESTAMP")) {
            return "replace(" + column + "::VARCHAR, ' ', 'T')";
        }
        if (type.equals("BLOB")) {
            return element ? "base64(" + column + ")" : column;
        }
        return type.startsWith("DATE") || type.startsWith("TIME") ? column + "::VARCHAR" : column;
    }

    /** A name in which DuckDB sees no pattern. */
    private static String literal(Path file) {
        return "'" + file.toString().replaceAll("[\\[*?]", "[$0]").replace("'", "''") + "'";
    }

    @Override
    public @Nullable Object @Nullable [] next() throws SourceFailure {
        try {
            if (!rows.next()) {
                if (row != count) {
                    throw new SourceFailure(
                            Kind.PASSING,
                            name + " is broken behind row " + row + " of " + count
                                    + ", or has groups of rows that need more than 512 MiB: write smaller ones;"
                                    + " nothing of this scan is told");
                }
                return null;
            }
            row++;
            @Nullable Object[] values = new Object[columns.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = columns[i].value(rows);
            }
            return values;
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private SourceFailure unreadable(SQLException e) {
        String message = String.valueOf(e.getMessage());
        // the first lines say what the driver did, the last ones show our own statement
        String reason = message.replaceFirst("(?s)^.*Error: ", "")
                .replaceFirst("(?s)\\R\\s*\\R.*", "")
                .strip()
                .replaceAll("\\s*\\R\\s*", "; ");
        return new SourceFailure(
                Kind.PASSING,
                name + " cannot be read: " + reason
                        + "; write a Parquet file beside its place and give it its name when it is whole",
                e);
    }

    private void closeAfter(Exception e) {
        try {
            connection.close();
        } catch (SQLException later) {
            e.addSuppressed(later);
        }
    }

    @Override
    public long line() {
        return row;
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
