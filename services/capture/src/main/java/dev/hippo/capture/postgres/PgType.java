// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.ColumnType;

/**
 * How values of a type of PostgreSQL are told.
 *
 * @param form how the text of a value is read, of an element's for a list
 * @param delimiter between the elements of a list, in its text
 */
record PgType(ColumnType type, boolean list, Form form, byte delimiter) {
    /** How a value is written as text. */
    enum Form {
        BOOL,
        WHOLE,
        UNSIGNED,
        FLOAT,
        DOUBLE,
        /** The text is the value. */
        TEXT,
        /** In hexadecimal digits. */
        BYTEA,
        TIMESTAMP,
        TIMESTAMP_WITH_ZONE,
        TIME_WITH_ZONE
    }

    static PgType of(ColumnType type) {
        Form form = switch (type) {
            case BOOL -> Form.BOOL;
            case INT32, INT64 -> Form.WHOLE;
            case UINT32, UINT64 -> Form.UNSIGNED;
            case FLOAT -> Form.FLOAT;
            case DOUBLE -> Form.DOUBLE;
            case BYTES -> Form.BYTEA;
            case INSTANT -> Form.TIMESTAMP_WITH_ZONE;
            case LOCAL_DATE_TIME -> Form.TIMESTAMP;
            case ZONED_TIME -> Form.TIME_WITH_ZONE;
            case DECIMAL, TEXT, DATE, TIME, INTERVAL, JSON, UUID, ENUM, SET -> Form.TEXT;
        };
        return new PgType(type, false, form, (byte) ',');
    }

    PgType listOf(byte between) {
        return new PgType(type, true, form, between);
    }
}
