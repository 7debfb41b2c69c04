// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.hippo.query.Answers.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes rows for people and for scripts: JSON, NDJSON, CSV. */
final class TextAnswers {
    private static final JsonFactory JSON = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    private static final Pattern QUOTED = Pattern.compile("[\",\r\n]");

    private TextAnswers() {}

    /** One object; it tells about the answer after the rows. */
    static Outcome json(ResultSet rows, Sandbox sandbox, long most, long begunNanos, OutputStream out)
            throws SQLException, IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
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
            boolean more = rows.next();
            while (more && count < most) {
                json.writeStartArray();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    Cells.write(rows.getObject(i), json);
                }
                json.writeEndArray();
                count++;
                more = rows.next();
            }
            json.writeEndArray();
            Outcome outcome = new Outcome(count, more);
            outcome.write(sandbox, json);
            json.writeNumberField("elapsedMillis", (System.nanoTime() - begunNanos) / 1_000_000);
            json.writeEndObject();
            return outcome;
        }
    }

    /** An object a line. */
    static Outcome ndjson(ResultSet rows, long most, OutputStream out) throws SQLException, IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.setRootValueSeparator(null);
            String[] names = names(rows.getMetaData());
            long count = 0;
            boolean more = rows.next();
            while (more && count < most) {
                json.writeStartObject();
                for (int i = 0; i < names.length; i++) {
                    json.writeFieldName(names[i]);
                    Cells.write(rows.getObject(i + 1), json);
                }
                json.writeEndObject();
                json.writeRaw('\n');
                count++;
                more = rows.next();
            }
            return new Outcome(count, more);
        }
    }

    /** Each column's name, with a number where it would be the second of its kind. */
    private static String[] names(ResultSetMetaData columns) throws SQLException {
        String[] names = new String[columns.getColumnCount()];
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < names.length; i++) {
            String name = columns.getColumnName(i + 1);
            String free = name;
            for (int n = 1; !taken.add(free); n++) {
                free = name + "_" + n;
            }
            names[i] = free;
        }
        return names;
    }

    /** By RFC 4180; nothing is a null, {@code ""} an empty text. */
    static Outcome csv(ResultSet rows, long most, OutputStream out) throws SQLException, IOException {
        ResultSetMetaData columns = rows.getMetaData();
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            line.append(i == 1 ? "" : ",").append(cell(columns.getColumnName(i)));
        }
        out.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        long count = 0;
        boolean more = rows.next();
        while (more && count < most) {
            line.setLength(0);
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                Object value = rows.getObject(i);
                line.append(i == 1 ? "" : ",").append(value == null ? "" : cell(Cells.text(value)));
            }
            out.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            count++;
            more = rows.next();
        }
        return new Outcome(count, more);
    }

    private static String cell(String text) {
        return text.isEmpty() || QUOTED.matcher(text).find() ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
