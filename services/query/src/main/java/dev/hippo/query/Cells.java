// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Blob;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.duckdb.JsonNode;
import org.jspecify.annotations.Nullable;

/** The values of DuckDB's driver as text and as JSON: the same wherever the process runs. */
final class Cells {
    private static final JsonFactory JSON = new JsonFactory();

    private Cells() {}

    /** A value in JSON: structs and maps are objects, bytes Base64, times ISO 8601 in UTC. */
    static void write(@Nullable Object value, JsonGenerator json) throws SQLException, IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof BigDecimal decimal) {
            json.writeNumber(decimal.toPlainString());
        } else if (isNoNumber(value)) {
            json.writeString(value.toString());
        } else if (value instanceof Number number) {
            json.writeNumber(number.toString());
        } else if (value instanceof Array array) {
            json.writeStartArray();
            for (Object element : (Object[]) array.getArray()) {
                write(element, json);
            }
            json.writeEndArray();
        } else if (value instanceof DuckDBStruct struct) {
            write(struct.getMap(), json);
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(scalar(entry.getKey())));
                write(entry.getValue(), json);
            }
            json.writeEndObject();
        } else if (value instanceof JsonNode node) {
            json.writeRawValue(node.toString());
        } else {
            json.writeString(scalar(value));
        }
    }

    /** NaN and infinities have no JSON number. */
    private static boolean isNoNumber(Object value) {
        return (value instanceof Double number && !Double.isFinite(number))
                || (value instanceof Float single && !Float.isFinite(single));
    }

    /** A value as text: as in JSON, without quotes around what stands alone. */
    static String text(Object value) throws SQLException, IOException {
        if (value instanceof Array || value instanceof DuckDBStruct || value instanceof Map<?, ?>) {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(text)) {
                write(value, json);
            }
            return text.toString();
        }
        return scalar(value);
    }

    private static String scalar(Object value) throws SQLException {
        if (value instanceof OffsetDateTime time) {
            // the driver gives it in the process's own zone
            return DateTimeFormatter.ISO_INSTANT.format(time);
        }
        if (value instanceof Timestamp time) {
            return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time.toLocalDateTime());
        }
        if (value instanceof Blob blob) {
            return Base64.getEncoder().encodeToString(blob.getBytes(1, (int) blob.length()));
        }
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }
}
