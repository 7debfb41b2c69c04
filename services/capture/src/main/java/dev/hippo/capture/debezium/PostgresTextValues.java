// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.postgres.TextRows;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable.Column;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From Debezium's values to the text that PostgreSQL itself would have sent for them. */
final class PostgresTextValues {
    /** Of types whose values Debezium changes or leaves out, with what it does. */
    private static final Pattern LOST_LIST = Pattern.compile("(money|name|interval|bit varying.*|xml)\\[]");

    private static final Pattern OTHER_FORM = Pattern.compile(
            "((point|box|circle|line|lseg|path|polygon)|(.*\\.)?(hstore|geometry|geography|vector)\\b.*)(\\[])?");

    private static final Pattern BITS = Pattern.compile("bit\\((\\d+)\\)");
    private static final Pattern INTERVAL = Pattern.compile(
            "P(?:(-?\\d+)Y)?(?:(-?\\d+)M)?(?:(-?\\d+)D)?(?:T(?:(-?\\d+)H)?(?:(-?\\d+)M)?(?:(-?[0-9.]+)S)?)?");
    private static final String[] UNITS = {"Y", "M", "D", "H", "M", "S"};
    private static final int HOURS = 3;

    private final String leftOut;
    private final byte[] leftOutBytes;
    private final List<Integer> leftOutInts;
    private final List<Long> leftOutLongs;

    /**
     * The values of a connector.
     *
     * @param leftOut what it tells instead of a value that did not change
     */
    PostgresTextValues(String leftOut) {
        this.leftOut = leftOut;
        this.leftOutBytes = leftOut.getBytes(StandardCharsets.UTF_8);
        this.leftOutInts = leftOut.chars().boxed().toList();
        this.leftOutLongs = leftOut.chars().asLongStream().boxed().toList();
    }

    /** Why the values of a column cannot be told as they are; empty if they can. */
    static Optional<String> loss(Column column) {
        String declared = column.declared();
        if (declared.startsWith("money")) {
            return Optional.of("Debezium tells amounts without their currency");
        }
        if (column.type() == ColumnType.ZONED_TIME) {
            return Optional.of("Debezium moves times with a zone to UTC");
        }
        if (declared.startsWith("bit varying")) {
            return Optional.of("Debezium does not tell how many bits there are");
        }
        if (OTHER_FORM.matcher(declared).matches()) {
            return Optional.of("Debezium tells it in another form");
        }
        return LOST_LIST.matcher(declared).matches() ? Optional.of("Debezium leaves such lists out") : Optional.empty();
    }

    /** Null for NULL. */
    byte @Nullable [] text(Column column, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (isLeftOut(value)) {
            return TextRows.leftOut();
        }
        if (value instanceof List<?> list) {
            StringBuilder text = new StringBuilder("{");
            for (Object element : list) {
                if (text.length() > 1) {
                    text.append(',');
                }
                putElement(column, element, text);
            }
            return text.append('}').toString().getBytes(StandardCharsets.UTF_8);
        }
        byte[] bytes = bytes(value);
        if (bytes != null && column.type() != ColumnType.BYTES && !isBits(column)) {
            // a type that Debezium does not know: the text as it came
            return bytes;
        }
        return one(column, value).getBytes(StandardCharsets.UTF_8);
    }

    private boolean isLeftOut(Object value) {
        if (value instanceof String text) {
            return text.equals(leftOut);
        }
        if (value instanceof List<?> list) {
            return (list.size() == 1 && list.get(0) != null && isLeftOut(list.get(0)))
                    || list.equals(leftOutInts)
                    || list.equals(leftOutLongs);
        }
        byte[] bytes = bytes(value);
        return bytes != null && Arrays.equals(bytes, leftOutBytes);
    }

    private void putElement(Column column, @Nullable Object element, StringBuilder to) {
        if (element == null) {
            to.append("NULL");
            return;
        }
        if (element instanceof List<?>) {
            // which the reader of the text refuses with what to do
            to.append("{}");
            return;
        }
        byte[] bytes = bytes(element);
        String text = bytes != null && column.type() != ColumnType.BYTES
                ? new String(bytes, StandardCharsets.UTF_8)
                : one(column, element);
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\');
            }
            to.append(c);
        }
        to.append('"');
    }

    static byte @Nullable [] bytes(Object value) {
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        return value instanceof byte[] bytes ? bytes : null;
    }

    private static boolean isBits(Column column) {
        return BITS.matcher(column.declared()).lookingAt();
    }

    private static String one(Column column, Object value) {
        return switch (column.type()) {
            case BOOL -> value instanceof Boolean yes && yes ? "t" : "f";
            case DECIMAL -> decimal(value.toString());
            case BYTES -> {
                byte[] bytes = bytes(value);
                yield bytes == null ? value.toString() : "\\x" + HexFormat.of().formatHex(bytes);
            }
            case DATE -> value instanceof Number days ? CalendarText.date(days.longValue()) : value.toString();
            case TIME -> value instanceof Number micros ? CalendarText.time(micros.longValue()) : value.toString();
            case LOCAL_DATE_TIME ->
                value instanceof Number micros ? CalendarText.dateTime(micros.longValue()) : value.toString();
            case INTERVAL -> interval(value.toString());
            case TEXT -> isBits(column) ? bits(column, value) : value.toString();
            default -> value.toString();
        };
    }

    private static String decimal(String text) {
        return switch (text) {
            case "NAN" -> "NaN";
            case "POSITIVE_INFINITY" -> "Infinity";
            case "NEGATIVE_INFINITY" -> "-Infinity";
            default -> text;
        };
    }

    private static String bits(Column column, Object value) {
        if (value instanceof Boolean bit) {
            return bit ? "1" : "0";
        }
        Matcher declared = BITS.matcher(column.declared());
        byte[] bytes = bytes(value);
        if (bytes == null || !declared.lookingAt()) {
            return value.toString();
        }
        int count = Integer.parseInt(declared.group(1));
        StringBuilder text = new StringBuilder(count);
        for (int i = count - 1; i >= 0; i--) {
            boolean set = i / 8 < bytes.length && (bytes[i / 8] >> (i % 8) & 1) != 0;
            text.append(set ? '1' : '0');
        }
        return text.toString();
    }

    /** Without the parts that are zero, as PostgreSQL has it. */
    private static String interval(String text) {
        Matcher parts = INTERVAL.matcher(text);
        if (!parts.matches()) {
            return text;
        }
        StringBuilder told = new StringBuilder("P");
        for (int i = 0; i < UNITS.length; i++) {
            String part = parts.group(i + 1);
            if (part != null && part.contains(".")) {
                part = part.replaceAll("0+$", "").replaceAll("\\.$", "");
            }
            if (part != null && !part.matches("-?0")) {
                if (i >= HOURS && told.indexOf("T") < 0) {
                    told.append('T');
                }
                told.append(part).append(UNITS[i]);
            }
        }
        return told.length() == 1 ? "PT0S" : told.toString();
    }
}
