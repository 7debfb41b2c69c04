// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.ColumnType;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the values of one column lie in a row of the log, and how they are told. Not thread-safe. */
final class ColumnFormat {
    private static final int UUID_LENGTH = 16;
    private static final int NANOS_IN_MICRO = 1000;

    private final ColumnDefinition column;
    private final int wire;
    private final int note;
    private final @Nullable Utf8Converter text;
    /** Of an enum, by number, or of a set, by bit. */
    private final byte[][] labels;

    private final Digits digits;

    private ColumnFormat(ColumnDefinition column, int wire, int note, @Nullable Utf8Converter text, Digits digits) {
        this.column = column;
        this.wire = wire;
        this.note = note;
        this.text = text;
        this.digits = digits;
        this.labels = column.labels().stream()
                .map(label -> label.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    /** Empty if such a column does not lie so in the log. */
    static Optional<ColumnFormat> of(ColumnDefinition column, int wire, int note, Digits digits) {
        Utf8Converter text = null;
        if (column.charset() != null) {
            Optional<Utf8Converter> known = Utf8Converter.of(column.charset());
            if (known.isEmpty()) {
                return Optional.empty();
            }
            text = known.get();
        }
        return fits(column, wire, note)
                ? Optional.of(new ColumnFormat(column, wire, note, text, digits))
                : Optional.empty();
    }

    private static boolean fits(ColumnDefinition column, int wire, int note) {
        return switch (column.dataType()) {
            case "tinyint" -> wire == WireType.TINY;
            case "smallint" -> wire == WireType.SHORT;
            case "mediumint" -> wire == WireType.INT24;
            case "int" -> wire == WireType.LONG;
            case "bigint" -> wire == WireType.LONGLONG;
            case "float" -> wire == WireType.FLOAT;
            case "double" -> wire == WireType.DOUBLE;
            case "decimal" -> wire == WireType.DECIMAL && note == (column.size() | column.scale() << 8);
            case "bit" -> wire == WireType.BIT && (note & 0xFF) + 8 * (note >> 8) == column.size();
            case "year" -> wire == WireType.YEAR;
            case "date" -> wire == WireType.DATE || wire == WireType.NEWDATE;
            case "time" -> wire == WireType.TIME && note == column.scale();
            case "datetime" -> wire == WireType.DATETIME && note == column.scale();
            case "timestamp" -> wire == WireType.TIMESTAMP && note == column.scale();
            case "char", "binary" -> wire == WireType.STRING && note == column.size();
            case "varchar", "varbinary" ->
                (wire == WireType.VARCHAR || wire == WireType.VAR_STRING) && note == column.size();
            case "tinytext", "tinyblob" -> wire == WireType.BLOB && note == 1;
            case "text", "blob" -> wire == WireType.BLOB && note == 2;
            case "mediumtext", "mediumblob" -> wire == WireType.BLOB && note == 3;
            case "longtext", "longblob" -> wire == WireType.BLOB && note == 4;
            case "json" -> wire == WireType.JSON;
            case "enum" -> wire == WireType.ENUM;
            case "set" -> wire == WireType.SET;
            case "uuid", "inet6", "inet4" -> wire == WireType.STRING && note == column.size();
            case "vector" -> wire == WireType.VECTOR || wire == WireType.VARCHAR;
            default -> wire == WireType.GEOMETRY;
        };
    }

    ColumnDefinition column() {
        return column;
    }

    /** How many bytes the value that begins there takes. */
    int length(byte[] row, int from) {
        return switch (wire) {
            case WireType.TINY, WireType.YEAR -> 1;
            case WireType.SHORT -> 2;
            case WireType.INT24, WireType.DATE, WireType.NEWDATE -> 3;
            case WireType.LONG, WireType.FLOAT -> 4;
            case WireType.LONGLONG, WireType.DOUBLE -> 8;
            case WireType.DECIMAL -> Digits.decimalLength(note & 0xFF, note >> 8);
            case WireType.BIT -> (note >> 8) + ((note & 0xFF) > 0 ? 1 : 0);
            case WireType.TIMESTAMP -> 4 + Digits.fractionLength(note);
            case WireType.DATETIME -> 5 + Digits.fractionLength(note);
            case WireType.TIME -> 3 + Digits.fractionLength(note);
            case WireType.ENUM, WireType.SET -> note;
            default -> {
                int prefix = prefix();
                yield prefix + (int) little(row, from, prefix);
            }
        };
    }

    /** How many bytes tell the length of text or bytes. */
    private int prefix() {
        return switch (wire) {
            case WireType.STRING, WireType.VARCHAR, WireType.VAR_STRING -> note > 0xFF ? 2 : 1;
            default -> note;
        };
    }

    private static long little(byte[] row, int from, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (row[from + i] & 0xFFL) << (8 * i);
        }
        return value;
    }

    private static long signed(byte[] row, int from, int count) {
        int unused = Long.SIZE - 8 * count;
        return little(row, from, count) << unused >> unused;
    }

    /**
     * Tells a value.
     *
     * @param length as {@link #length} has told
     * @throws CharacterCodingException if it is no text in its character set
     * @throws DateTimeException if the contract wants a moment and the value is none
     */
    void put(byte[] row, int from, int length, ImageWriter to, int field) throws CharacterCodingException {
        switch (wire) {
            case WireType.TINY, WireType.SHORT, WireType.INT24, WireType.LONG, WireType.LONGLONG ->
                to.putLong(field, column.unsigned() ? little(row, from, length) : signed(row, from, length));
            case WireType.FLOAT -> to.putDouble(field, Float.intBitsToFloat((int) little(row, from, length)));
            case WireType.DOUBLE -> to.putDouble(field, Double.longBitsToDouble(little(row, from, length)));
            case WireType.YEAR -> to.putLong(field, row[from] == 0 ? 0 : 1900 + (row[from] & 0xFF));
            case WireType.BIT -> putBits(row, from, length, to, field);
            case WireType.TIMESTAMP ->
                to.putInstant(field, Digits.plain(row, from, 4), Digits.micros(row, from + 4, note) * NANOS_IN_MICRO);
            case WireType.DATETIME -> putDateTime(row, from, to, field);
            case WireType.DECIMAL, WireType.DATE, WireType.NEWDATE, WireType.TIME -> {
                digits.begin();
                if (wire == WireType.DECIMAL) {
                    digits.decimal(row, from, note & 0xFF, note >> 8);
                } else if (wire == WireType.TIME) {
                    digits.time(row, from, note);
                } else {
                    digits.date(row, from);
                }
                to.putBytes(field, digits.bytes(), 0, digits.length());
            }
            case WireType.ENUM -> putLabel((int) little(row, from, length), to, field);
            case WireType.SET -> putLabels(little(row, from, length), to, field);
            default -> putText(row, from + prefix(), length - prefix(), to, field);
        }
    }

    private void putBits(byte[] row, int from, int length, ImageWriter to, int field) {
        long bits = Digits.plain(row, from, length);
        if (column.type() == ColumnType.BOOL) {
            to.putBool(field, bits != 0);
        } else {
            to.putLong(field, bits);
        }
    }

    private void putDateTime(byte[] row, int from, ImageWriter to, int field) {
        if (to.wantsInstant(field)) {
            long value = Digits.dateTime(row, from);
            LocalDate day = LocalDate.of(Digits.year(value), Digits.month(value), Digits.day(value));
            if (day.getYear() == 0) {
                throw new DateTimeException("the year 0 is none of a moment");
            }
            to.putInstant(
                    field,
                    day.atStartOfDay().toEpochSecond(ZoneOffset.UTC) + Digits.secondOfDay(value),
                    Digits.micros(row, from + 5, note) * NANOS_IN_MICRO);
            return;
        }
        digits.begin();
        digits.dateTime(row, from, note);
        to.putBytes(field, digits.bytes(), 0, digits.length());
    }

    /** The number 0 is the empty text that the server puts for a wrong value. */
    private void putLabel(int number, ImageWriter to, int field) {
        byte[] label = number == 0 ? new byte[0] : labels[number - 1];
        to.putBytes(field, label, 0, label.length);
    }

    private void putLabels(long bits, ImageWriter to, int field) {
        int length = 0;
        byte[] joined = new byte[Long.SIZE];
        for (int i = 0; i < labels.length; i++) {
            if ((bits >>> i & 1) != 0) {
                joined = room(joined, length + labels[i].length + 1);
                if (length > 0) {
                    joined[length++] = ',';
                }
                System.arraycopy(labels[i], 0, joined, length, labels[i].length);
                length += labels[i].length;
            }
        }
        to.putBytes(field, joined, 0, length);
    }

    private static byte[] room(byte[] bytes, int length) {
        return length <= bytes.length ? bytes : Arrays.copyOf(bytes, 2 * length);
    }

    private void putText(byte[] row, int from, int length, ImageWriter to, int field) throws CharacterCodingException {
        switch (column.dataType()) {
            case "uuid" -> {
                digits.begin();
                digits.uuid(FixedValues.uuid(padded(row, from, length, UUID_LENGTH)));
                to.putBytes(field, digits.bytes(), 0, digits.length());
            }
            case "inet6", "inet4" -> putWhole(FixedValues.address(padded(row, from, length, column.size())), to, field);
            case "binary" -> putWhole(padded(row, from, length, column.size()), to, field);
            case "json" -> putWhole(FixedValues.json(row, from, length), to, field);
            default -> {
                if (text == null || text.isUtf8()) {
                    to.putBytes(field, row, from, length);
                } else if (to.wants(field)) {
                    putWhole(text.convert(row, from, length), to, field);
                }
            }
        }
    }

    private static void putWhole(byte[] bytes, ImageWriter to, int field) {
        to.putBytes(field, bytes, 0, bytes.length);
    }

    /** The log leaves zeros at the end of values of a fixed length away. */
    private static byte[] padded(byte[] row, int from, int length, int size) {
        byte[] whole = new byte[size];
        System.arraycopy(row, from, whole, 0, length);
        return whole;
    }
}
