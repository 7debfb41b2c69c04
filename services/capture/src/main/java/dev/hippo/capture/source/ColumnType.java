// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

/** How a column's values are told in a contract, the same for every database, with nothing lost. */
public enum ColumnType {
    BOOL("bool"),
    /** Whole numbers up to 32 bits. */
    INT32("int32"),
    INT64("int64"),
    UINT32("uint32"),
    UINT64("uint64"),
    FLOAT("float"),
    DOUBLE("double"),
    /** An exact decimal number of any length as text, {@code -12.340}; also {@code NaN} and {@code Infinity} where the database has them. */
    DECIMAL("string"),
    TEXT("string"),
    BYTES("bytes"),
    /** A moment: {@code google.protobuf.Timestamp}, years 1 to 9999. */
    INSTANT("google.protobuf.Timestamp"),
    /** A date and time without a zone as text, {@code 2026-11-21T10:00:00.123456}. */
    LOCAL_DATE_TIME("string"),
    /** {@code 2026-11-21}. */
    DATE("string"),
    /** A time of day or a duration as text, {@code 10:00:00.123456}. */
    TIME("string"),
    /** A time of day with a zone's offset, {@code 10:00:00+02:00}. */
    ZONED_TIME("string"),
    INTERVAL("string"),
    JSON("string"),
    UUID("string"),
    /** The label of a value of an enumerated type. */
    ENUM("string"),
    /** The labels of a set, with commas between. */
    SET("string");

    private final String contractType;

    ColumnType(String contractType) {
        this.contractType = contractType;
    }

    /** The type of the field in a {@code .proto} file. */
    public String contractType() {
        return contractType;
    }
}
