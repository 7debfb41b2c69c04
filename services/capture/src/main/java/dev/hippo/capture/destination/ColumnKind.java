// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

/** What a column of a database holds, as far as it matters to who fills it. */
enum ColumnKind {
    BOOL,
    /** Whole numbers of any size; one that does not fit is refused by the database. */
    INTEGER,
    /** Whole numbers that stand for truth values too. */
    TINY_INTEGER,
    DECIMAL,
    FLOAT,
    DOUBLE,
    TEXT,
    BYTES,
    /** A date and time, with a zone or taken as UTC's. */
    MOMENT,
    JSON,
    /** Whatever the database reads from a text and keeps whole: dates, times, uuids, enumerated types. */
    READ_FROM_TEXT,
    /** Nothing that is known to keep a value as it is. */
    UNKNOWN;

    /** Whether values go into it without loss, or are refused by the database one by one. */
    boolean takes(RowField.Kind value) {
        return switch (value) {
            case BOOL -> this == BOOL || this == TINY_INTEGER;
            case INT32, UINT32 -> isWhole() || this == DECIMAL || this == DOUBLE;
            case INT64, UINT64 -> isWhole() || this == DECIMAL;
            case FLOAT -> this == FLOAT || this == DOUBLE;
            case DOUBLE -> this == DOUBLE;
            case TEXT -> this != FLOAT && this != DOUBLE && this != BYTES && this != UNKNOWN;
            case BYTES -> this == BYTES;
            case MOMENT -> this == MOMENT;
            case JSON -> this == JSON || this == TEXT;
        };
    }

    private boolean isWhole() {
        return this == INTEGER || this == TINY_INTEGER;
    }
}
