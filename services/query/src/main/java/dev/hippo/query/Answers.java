// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.duckdb.DuckDBResultSet;
import org.duckdb.DuckDBStruct;

/** Writes a query's rows in the form that the client asked for. */
enum Answers {
    JSON("application/json"),
    NDJSON("application/x-ndjson"),
    CSV("text/csv"),
    ARROW("application/vnd.apache.arrow.stream"),
    PARQUET("application/vnd.apache.parquet");

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long ARROW_BATCH_ROWS = 4_096;

    private final String contentType;

    Answers(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /** The form for an {@code Accept} header; JSON when it names none that is known. */
    static Answers accepted(String accept) {
        for (Answers form : values()) {
            if (accept.contains(form.contentType)) {
                return form;
            }
        }
        return JSON;
    }

    /**
     * Runs the query and writes its rows.
     *
     * @param most rows at most; more are cut off
     * @return rows written
     */
    long write(Statement statement, String sql, Sandbox sandbox, long most, long begunNanos, OutputStream out)
            throws SQLException, IOException {
        return switch (this) {
            case JSON -> json(statement, sql, sandbox, most, begunNanos, out);
            case NDJSON -> ndjson(statement, sql, most, out);
            case CSV -> csv(statement, sql, most, out);
            case ARROW -> arrow(statement, limited(sql, most), out);
            case PARQUET -> parquet(statement, limited(sql, most), sandbox.scratch(), out);
        };
    }

    private static String limited(String sql, long most) {
        return "SELECT * FROM (" + sql.replaceAll(";\\s*$", "") + "\n) LIMIT " + most;
    }

    private static long json(
            Statement statement, String sql, Sandbox sandbox, long most, long begunNanos, OutputStream out)
            throws SQLException, IOException {
        try (ResultSet rows = statement.executeQuery(sql);
                JsonGenerator json = MAPPER.getFactory().createGenerator(out)) {
            ResultSetMetaData columns = rows.getMetaData();
            json.writeStartObject();
            json.writeArrayFieldStart("columns");
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                json.writeStartObject();
                json.writeStringField("name", columns.getColumnName(i));
                json.writeStringField("type", columns.getColumnTypeName(i));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("rows");
            long count = 0;
            boolean truncated = false;
            while (rows.next()) {
                if (count == most) {
                    truncated = true;
                    break;
                }
                json.writeStartArray();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    value(rows.getObject(i), json);
                }
                json.writeEndArray();
                count++;
            }
            json.writeEndArray();
            json.writeNumberField("rowCount", count);
            json.writeBooleanField("truncated", truncated);
            json.writeObjectFieldStart("tables");
            for (Map.Entry<String, Long> version : sandbox.versions().entrySet()) {
                json.writeNumberField(version.getKey(), version.getValue());
            }
            json.writeEndObject();
            json.writeNumberField("elapsedMillis", (System.nanoTime() - begunNanos) / 1_000_000);
            json.writeEndObject();
            return count;
        }
    }

    private static long ndjson(Statement statement, String sql, long most, OutputStream out)
            throws SQLException, IOException {
        try (ResultSet rows = statement.executeQuery(sql);
                JsonGenerator json = MAPPER.getFactory().createGenerator(out)) {
            json.setRootValueSeparator(null);
            ResultSetMetaData columns = rows.getMetaData();
            long count = 0;
            while (count < most && rows.next()) {
                json.writeStartObject();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    json.writeFieldName(columns.getColumnName(i));
                    value(rows.getObject(i), json);
                }
                json.writeEndObject();
                json.writeRaw('\n');
                count++;
            }
            return count;
        }
    }

    private static void value(Object value, JsonGenerator json) throws SQLException, IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof OffsetDateTime time) {
            json.writeString(instant(time));
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof BigDecimal decimal) {
            json.writeNumber(decimal);
        } else if (value instanceof Double number) {
            // NaN and infinities have no JSON number
            if (number.isNaN() || number.isInfinite()) {
                json.writeString(number.toString());
            } else {
                json.writeNumber(number);
            }
        } else if (value instanceof Float number && (number.isNaN() || number.isInfinite())) {
            json.writeString(number.toString());
        } else if (value instanceof Number number) {
            json.writeNumber(number.toString());
        } else if (value instanceof Array array) {
            json.writeStartArray();
            for (Object element : (Object[]) array.getArray()) {
                value(element, json);
            }
            json.writeEndArray();
        } else if (value instanceof DuckDBStruct struct) {
            value(struct.getMap(), json);
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                value(entry.getValue(), json);
            }
            json.writeEndObject();
        } else if (value instanceof Blob blob) {
            json.writeString(Base64.getEncoder().encodeToString(blob.getBytes(1, (int) blob.length())));
        } else {
            json.writeString(value.toString());
        }
    }

    /** DuckDB's driver gives a time in the process's zone; the answer is the same wherever it was made. */
    private static String instant(OffsetDateTime time) {
        return DateTimeFormatter.ISO_INSTANT.format(time);
    }

    private static long csv(Statement statement, String sql, long most, OutputStream out)
            throws SQLException, IOException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            ResultSetMetaData columns = rows.getMetaData();
            StringBuilder line = new StringBuilder();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                line.append(i == 1 ? "" : ",").append(cell(columns.getColumnName(i)));
            }
            out.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            long count = 0;
            while (count < most && rows.next()) {
                line.setLength(0);
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    String text = rows.getObject(i) instanceof OffsetDateTime time ? instant(time) : rows.getString(i);
                    line.append(i == 1 ? "" : ",").append(text == null ? "" : cell(text));
                }
                out.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
                count++;
            }
            return count;
        }
    }

    /** A cell by RFC 4180. */
    private static String cell(String text) {
        return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private static long arrow(Statement statement, String sql, OutputStream out) throws SQLException, IOException {
        long count = 0;
        try (BufferAllocator allocator = new RootAllocator();
                ResultSet rows = statement.executeQuery(sql);
                ArrowReader reader =
                        (ArrowReader) ((DuckDBResultSet) rows).arrowExportStream(allocator, ARROW_BATCH_ROWS);
                ArrowStreamWriter writer = new ArrowStreamWriter(reader.getVectorSchemaRoot(), null, out)) {
            writer.start();
            while (reader.loadNextBatch()) {
                count += reader.getVectorSchemaRoot().getRowCount();
                writer.writeBatch();
            }
            writer.end();
        }
        return count;
    }

    private static long parquet(Statement statement, String sql, Path scratch, OutputStream out)
            throws SQLException, IOException {
        Path file = scratch.resolve("answer.parquet");
        statement.execute("COPY (" + sql + ") TO " + SqlTypes.text(file.toString()) + " (FORMAT parquet)");
        long count = Math.max(0, statement.getUpdateCount());
        Files.copy(file, out);
        return count;
    }
}
