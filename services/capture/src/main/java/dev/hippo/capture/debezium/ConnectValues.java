// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.SourceTable.Column;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** From the values of a connector to fields of a contract, as MariaDB's own reader would tell them. Not thread-safe. */
final class ConnectValues {
    private static final Pattern DIGITS = Pattern.compile("[a-z]+\\((\\d+)\\).*");
    private static final DateTimeFormatter TO_THE_SECOND = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final long NANOS_A_SECOND = 1_000_000_000;
    private static final int NANOS_A_MICRO = 1_000;
    private static final int NANOS_A_MILLI = 1_000_000;
    private static final long MILLIS_A_DAY = 86_400_000;
    private static final int MICRO_DIGITS = 6;
    private static final int YEAR_NONE = 1900;

    private ConnectValues() {}

    /**
     * Puts a value.
     *
     * @throws DateTimeException if the contract wants a moment and it is none
     */
    static void put(ImageWriter to, int at, Column column, Schema schema, Object told) {
        Object value = number(schema, told);
        switch (column.type()) {
            case BOOL -> to.putBool(at, whole(value) != 0);
            case INT32, INT64, UINT32, UINT64 -> {
                long number = whole(value);
                // the year 0 of the log, to which Debezium adds what all others lack; no other year is 1900
                boolean none = number == YEAR_NONE && column.declared().startsWith("year");
                to.putLong(at, none ? 0 : number);
            }
            case FLOAT, DOUBLE -> to.putDouble(at, ((Number) value).doubleValue());
            case BYTES -> putBytes(to, at, padded(column, binary(value)));
            case INSTANT -> {
                Instant moment = moment(schema, value);
                to.putInstant(at, moment.getEpochSecond(), moment.getNano());
            }
            case LOCAL_DATE_TIME -> putDateTime(to, at, column, schema, value);
            case DATE -> putText(to, at, date(value));
            case TIME -> putText(to, at, time(schema, value, digits(column)));
            case DECIMAL, TEXT, ZONED_TIME, INTERVAL, JSON, UUID, ENUM, SET -> {
                byte[] bytes = PostgresTextValues.bytes(value);
                if (bytes != null) {
                    putBytes(to, at, bytes);
                } else {
                    putText(to, at, value instanceof BigDecimal exact ? exact.toPlainString() : value.toString());
                }
            }
        }
    }

    /** Of a moment in Connect's own form the number that Debezium would tell. */
    private static Object number(Schema schema, Object told) {
        if (!(told instanceof Date moment)) {
            return told;
        }
        long millis = moment.toInstant().toEpochMilli();
        return org.apache.kafka.connect.data.Date.LOGICAL_NAME.equals(schema.name())
                ? Math.floorDiv(millis, MILLIS_A_DAY)
                : millis;
    }

    private static void putText(ImageWriter to, int at, String text) {
        putBytes(to, at, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void putBytes(ImageWriter to, int at, byte[] bytes) {
        to.putBytes(at, bytes, 0, bytes.length);
    }

    /** A number, a yes or no, or bits with the lowest first. */
    private static long whole(Object value) {
        if (value instanceof Boolean yes) {
            return yes ? 1 : 0;
        }
        byte[] bits = PostgresTextValues.bytes(value);
        if (bits == null) {
            return ((Number) value).longValue();
        }
        long number = 0;
        for (int i = bits.length - 1; i >= 0; i--) {
            number = number << 8 | (bits[i] & 0xFF);
        }
        return number;
    }

    /** Bytes, or what a server keeps of a shape or a vector. */
    private static byte[] binary(Object value) {
        if (value instanceof Struct shape) {
            byte[] wkb = shape.getBytes("wkb");
            Integer srid = shape.getInt32("srid");
            return ByteBuffer.allocate(Integer.BYTES + wkb.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(srid == null ? 0 : srid)
                    .put(wkb)
                    .array();
        }
        if (value instanceof List<?> vector) {
            ByteBuffer floats = ByteBuffer.allocate(Float.BYTES * vector.size()).order(ByteOrder.LITTLE_ENDIAN);
            vector.forEach(one -> floats.putFloat(((Number) one).floatValue()));
            return floats.array();
        }
        byte[] bytes = PostgresTextValues.bytes(value);
        return bytes == null ? value.toString().getBytes(StandardCharsets.UTF_8) : bytes;
    }

    /** The log leaves zeros at the end of values of a fixed length away. */
    private static byte[] padded(Column column, byte[] bytes) {
        if (!column.declared().startsWith("binary(")) {
            return bytes;
        }
        int length = digits(column);
        return bytes.length < length ? Arrays.copyOf(bytes, length) : bytes;
    }

    /** The number in a declaration such as {@code datetime(3)}; 0 without one, -1 for a database that declares otherwise. */
    private static int digits(Column column) {
        if (column.declared().isEmpty()) {
            return -1;
        }
        Matcher declared = DIGITS.matcher(column.declared());
        return declared.matches() ? Integer.parseInt(declared.group(1)) : 0;
    }

    private static void putDateTime(ImageWriter to, int at, Column column, Schema schema, Object value) {
        if (value instanceof String text) {
            putText(to, at, text);
            return;
        }
        long nanos = nanosOf(schema);
        long number = whole(value);
        long perSecond = NANOS_A_SECOND / nanos;
        long second = Math.floorDiv(number, perSecond);
        int part = (int) (Math.floorMod(number, perSecond) * nanos);
        if (to.wantsInstant(at)) {
            to.putInstant(at, second, part);
            return;
        }
        LocalDateTime moment = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
        putText(to, at, TO_THE_SECOND.format(moment) + fraction(part / NANOS_A_MICRO, digits(column)));
    }

    private static long nanosOf(Schema schema) {
        String name = schema.name() == null ? "" : schema.name();
        if (name.contains("Micro")) {
            return NANOS_A_MICRO;
        }
        return name.contains("Nano") ? 1 : NANOS_A_MILLI;
    }

    /** With so many digits, or with as many as are needed. */
    private static String fraction(int micros, int digits) {
        String all = Integer.toString(1_000_000 + micros).substring(1);
        if (digits < 0) {
            return micros == 0 ? "" : "." + all.replaceAll("0+$", "");
        }
        return digits == 0 ? "" : "." + all.substring(0, Math.min(digits, MICRO_DIGITS));
    }

    private static String date(Object value) {
        return value instanceof Number days
                ? LocalDate.ofEpochDay(days.longValue()).toString()
                : value.toString();
    }

    private static String time(Schema schema, Object value, int digits) {
        if (!(value instanceof Number number)) {
            return value.toString();
        }
        long micros = number.longValue() * nanosOf(schema) / NANOS_A_MICRO;
        long seconds = Math.abs(micros) / 1_000_000;
        return (micros < 0 ? "-" : "") + two(seconds / 3_600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60)
                + fraction((int) (Math.abs(micros) % 1_000_000), digits);
    }

    private static String two(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }

    private static Instant moment(Schema schema, Object value) {
        if (value instanceof Number number) {
            long nanos = nanosOf(schema);
            long perSecond = NANOS_A_SECOND / nanos;
            return Instant.ofEpochSecond(
                    Math.floorDiv(number.longValue(), perSecond), Math.floorMod(number.longValue(), perSecond) * nanos);
        }
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(value.toString(), Instant::from);
    }
}
