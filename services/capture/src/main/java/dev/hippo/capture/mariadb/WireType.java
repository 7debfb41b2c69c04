// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

/** Numbers of the types of columns in the log, of which some are written with a note. */
final class WireType {
    static final int TINY = 1;
    static final int SHORT = 2;
    static final int LONG = 3;
    static final int FLOAT = 4;
    static final int DOUBLE = 5;
    static final int TIMESTAMP_OLD = 7;
    static final int LONGLONG = 8;
    static final int INT24 = 9;
    static final int DATE = 10;
    static final int TIME_OLD = 11;
    static final int DATETIME_OLD = 12;
    static final int YEAR = 13;
    static final int NEWDATE = 14;
    static final int VARCHAR = 15;
    static final int BIT = 16;
    static final int TIMESTAMP = 17;
    static final int DATETIME = 18;
    static final int TIME = 19;
    static final int BLOB_COMPRESSED = 140;
    static final int VARCHAR_COMPRESSED = 141;
    static final int VECTOR = 242;
    static final int JSON = 245;
    static final int DECIMAL = 246;
    static final int ENUM = 247;
    static final int SET = 248;
    static final int BLOB = 252;
    static final int VAR_STRING = 253;
    static final int STRING = 254;
    static final int GEOMETRY = 255;

    private WireType() {}

    /** How many bytes the note of a type has in a table's description. */
    static int noteLength(int type) {
        return switch (type) {
            case FLOAT, DOUBLE, BLOB, JSON, GEOMETRY, VECTOR, BLOB_COMPRESSED, TIME, DATETIME, TIMESTAMP -> 1;
            case BIT, VARCHAR, VARCHAR_COMPRESSED, VAR_STRING, DECIMAL, STRING, ENUM, SET -> 2;
            default -> 0;
        };
    }

    /** Whether a table's description tells of a column of this type whether it has a sign. */
    static boolean isNumber(int type) {
        return switch (type) {
            case TINY, SHORT, INT24, LONG, LONGLONG, FLOAT, DOUBLE, DECIMAL, YEAR -> true;
            default -> false;
        };
    }
}
