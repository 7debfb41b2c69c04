// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table that takes the rows of a topic.
 *
 * @param fields of the contract, in its order
 * @param columns that of each field
 * @param key which of them identify a row, in the order of the topic's key
 */
record TargetTable(TableName name, List<RowField> fields, List<TableShape.Column> columns, List<Integer> key) {
    private static final int DATE_LENGTH = 10;
    /** Digits of a second, of which a moment that was decoded has no more. */
    private static final int MICROSECONDS = 6;

    TargetTable {
        fields = List.copyOf(fields);
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    List<String> columnNames() {
        return columns.stream().map(TableShape.Column::name).toList();
    }

    List<RowField> keyFields() {
        return key.stream().map(fields::get).toList();
    }

    List<TableShape.Column> keyColumns() {
        return key.stream().map(columns::get).toList();
    }

    /** The places of the columns that are not the key's, without some. */
    List<Integer> values(Set<Integer> without) {
        return IntStream.range(0, columns.size())
                .filter(column -> !key.contains(column) && !without.contains(column))
                .boxed()
                .toList();
    }

    /** The places of columns by the names of their fields, as far as there are such; that of a message by the names of all fields in it too. */
    Set<Integer> places(List<String> names) {
        return IntStream.range(0, fields.size())
                .filter(column -> areAll(
                        names, fields.get(column).field(), fields.get(column).name()))
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean areAll(List<String> names, FieldDescriptor field, String name) {
        if (names.contains(name)) {
            return true;
        }
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && names.stream().anyMatch(each -> each.startsWith(name + "."))
                && field.getMessageType().getFields().stream()
                        .allMatch(inside -> areAll(names, inside, name + "." + inside.getName()));
    }

    /** What the key is called in messages: its field, or all of them. */
    String keyName() {
        String names = keyFields().stream().map(RowField::name).collect(Collectors.joining(", "));
        return key.size() == 1 ? names : "key of " + names;
    }

    /** What a record's key has to be, in messages. */
    String keyType() {
        String types = keyFields().stream().map(RowField::declared).collect(Collectors.joining(", "));
        return key.size() == 1 ? types : "JSON array, without blanks, of texts that are " + types;
    }

    /**
     * The key of a row from the texts of a record's key, of which there may be no row any more.
     *
     * @throws IllegalArgumentException if it is none
     */
    Object[] keyValues(List<byte[]> texts) {
        Object[] values = new Object[texts.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = keyValue(fields.get(key.get(i)).kind(), texts.get(i));
        }
        return values;
    }

    private static Object keyValue(RowField.Kind kind, byte[] bytes) {
        if (kind == RowField.Kind.BYTES) {
            return bytes;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return switch (kind) {
            case BOOL -> Boolean.valueOf(text);
            case INT32 -> Integer.valueOf(text);
            case INT64, UINT32 -> Long.valueOf(text);
            case UINT64, TEXT -> text;
            case BYTES, FLOAT, DOUBLE, MOMENT, JSON -> throw new IllegalArgumentException(kind + " is no key");
        };
    }

    /**
     * Looks for values that a database would take in part, without a word.
     *
     * @throws IllegalArgumentException for the first, with what and why
     */
    void check(@Nullable Object[] row) {
        for (int i = 0; i < row.length; i++) {
            if (row[i] instanceof List<?> list) {
                for (Object value : list) {
                    check(columns.get(i), value);
                }
            } else {
                check(columns.get(i), row[i]);
            }
        }
    }

    private static void check(TableShape.Column column, @Nullable Object value) {
        if (value instanceof String text) {
            if ((column.dateOnly() || column.kind() == ColumnKind.MOMENT) && isWord(text)) {
                throw lossy(column, text, "would keep the day of the writing in its place");
            }
            if (column.dateOnly() && text.length() > DATE_LENGTH && text.indexOf(':') >= 0) {
                throw lossy(column, text, "keeps no time of day");
            }
            if (column.digits() >= 0 && digits(text) > column.digits()) {
                throw lossy(column, text, "keeps " + column.digits() + " digits behind the point");
            }
        } else if (value instanceof Instant moment && column.digits() >= 0 && digits(moment) > column.digits()) {
            throw lossy(column, moment.toString(), "keeps " + column.digits() + " digits of a second");
        }
    }

    /** Such as today, tomorrow or now, of which PostgreSQL makes a date; not so infinity. */
    private static boolean isWord(String text) {
        return text.chars().noneMatch(Character::isDigit) && !text.endsWith("infinity");
    }

    private static IllegalArgumentException lossy(TableShape.Column column, String value, String because) {
        return new IllegalArgumentException("column '" + column.name() + "' is " + column.declared() + ", which "
                + because + ", and the value is " + value + "; give the column a type that keeps all of it");
    }

    private static int digits(Instant moment) {
        int digits = MICROSECONDS;
        for (int rest = moment.get(ChronoField.MICRO_OF_SECOND); digits > 0 && rest % 10 == 0; rest /= 10) {
            digits--;
        }
        return digits;
    }

    /** How many digits count behind the point of a number, or of the seconds of a time. */
    static int digits(String text) {
        int point = text.indexOf('.');
        if (point < 0 && text.indexOf('-', 1) < 0) {
            // whole, if there is no negative exponent
            return 0;
        }
        if (text.indexOf('e') > 0 || text.indexOf('E') > 0) {
            try {
                return Math.max(0, new BigDecimal(text).stripTrailingZeros().scale());
            } catch (NumberFormatException e) {
                return 0;
            }
        }
        int digits = 0;
        for (int i = point + 1; point >= 0 && i < text.length() && Character.isDigit(text.charAt(i)); i++) {
            if (text.charAt(i) != '0') {
                digits = i - point;
            }
        }
        return digits;
    }
}
