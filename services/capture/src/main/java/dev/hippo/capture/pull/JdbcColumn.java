// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column of a query's result, and in what form its values are taken: one in which nothing is lost, and no time is put into the zone of this process.
 *
 * @param number from 1
 */
record JdbcColumn(int number, Form form) {
    /** How values are asked for. */
    enum Form {
        /** As the driver has it, if that is a number, a truth, a text or bytes; else as text. */
        PLAIN,
        TRUTH,
        BYTES,
        TEXT,
        LIST,
        /** A moment, with the driver's own words for it. */
        MOMENT,
        /** A moment as a text of UTC. */
        MOMENT_OF_UTC,
        /** A date and a time without a zone. */
        LOCAL_TIME
    }

    static JdbcColumn of(ResultSetMetaData described, int number, boolean mariaDb) throws SQLException {
        String type = String.valueOf(described.getColumnTypeName(number)).toLowerCase(Locale.ROOT);
        Form form = switch (described.getColumnType(number)) {
            case Types.BOOLEAN -> Form.TRUTH;
            case Types.BIT -> type.startsWith("bool") ? Form.TRUTH : Form.PLAIN;
            case Types.TINYINT,
                    Types.SMALLINT,
                    Types.INTEGER,
                    Types.BIGINT,
                    Types.REAL,
                    Types.FLOAT,
                    Types.DOUBLE,
                    Types.NUMERIC,
                    Types.DECIMAL -> Form.PLAIN;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Form.BYTES;
            case Types.ARRAY -> Form.LIST;
            case Types.TIMESTAMP_WITH_TIMEZONE -> Form.MOMENT;
            case Types.TIMESTAMP -> time(type, mariaDb);
            default -> Form.TEXT;
        };
        return new JdbcColumn(number, form);
    }

    private static Form time(String type, boolean mariaDb) {
        if (type.equals("timestamptz")) {
            return Form.MOMENT;
        }
        return mariaDb && type.equals("timestamp") ? Form.MOMENT_OF_UTC : Form.LOCAL_TIME;
    }

    @Nullable
    Object value(ResultSet row) throws SQLException {
        return switch (form) {
            case PLAIN -> plain(row);
            case TRUTH -> {
                Object truth = row.getBoolean(number);
                yield row.wasNull() ? null : truth;
            }
            case BYTES -> row.getBytes(number);
            case TEXT -> row.getString(number);
            case LIST -> {
                Array list = row.getArray(number);
                yield list == null ? null : list.getArray();
            }
            case MOMENT -> row.getObject(number, OffsetDateTime.class);
            case MOMENT_OF_UTC -> {
                String text = row.getString(number);
                yield text == null ? null : text.replace(' ', 'T') + "Z";
            }
            case LOCAL_TIME -> {
                String text = row.getString(number);
                yield text == null ? null : text.replace(' ', 'T');
            }
        };
    }

    private @Nullable Object plain(ResultSet row) throws SQLException {
        Object value = row.getObject(number);
        return value == null
                        || value instanceof Number
                        || value instanceof Boolean
                        || value instanceof String
                        || value instanceof byte[]
                ? value
                : row.getString(number);
    }
}
