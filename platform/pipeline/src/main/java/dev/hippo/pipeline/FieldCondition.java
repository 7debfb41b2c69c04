// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a field of an event must be: a text (with {@code *} for any part), a number, a time, true or false, beyond one ({@code >100}, {@code <=}, {@code !=}), from one to another
 * ({@code 100..199}, both of them too), or a whole number with that remainder ({@code %4=1}).
 * A field that an event does not have counts as its default. Immutable.
 */
public final class FieldCondition {
    private static final Pattern COMPARISON = Pattern.compile("(>=|<=|!=|>|<|=)?\\s*(.*)", Pattern.DOTALL);
    private static final Pattern REMAINDER = Pattern.compile("%\\s*(\\d{1,18})\\s*=\\s*(\\d{1,18})");
    private static final Pattern RANGE = Pattern.compile("(.*[^.])\\.\\.([^.].*)", Pattern.DOTALL);
    private static final String BETWEEN = "..";
    private static final String MODULO = "%";
    private static final String TIMESTAMP = "google.protobuf.Timestamp";

    private final List<FieldDescriptor> path;
    private final String operator;
    private final String literal;
    private final NamePattern pattern;
    private @Nullable BigDecimal number;
    private @Nullable Instant time;
    /** The end of a range, or the divisor of a remainder. */
    private @Nullable BigDecimal otherNumber;

    private @Nullable Instant otherTime;

    private FieldCondition(List<FieldDescriptor> path, String operator, String literal) {
        this.path = List.copyOf(path);
        this.operator = operator;
        this.literal = literal;
        this.pattern = NamePattern.of(literal);
    }

    /**
     * Reads a condition.
     *
     * @param field a field's name, or a dotted path to one in a nested message
     * @throws IllegalArgumentException if there is no such field, or it cannot be compared with that; with what to do
     */
    public static FieldCondition of(Descriptor contract, String field, String text) {
        List<FieldDescriptor> path = path(contract, field);
        FieldDescriptor last = last(path);
        Matcher remainder = REMAINDER.matcher(text.strip());
        if (isNumber(last) && remainder.matches()) {
            return remainder(path, field, remainder);
        }
        Matcher range = RANGE.matcher(text.strip());
        if ((isNumber(last) || isTime(last)) && range.matches()) {
            return range(path, field, range);
        }
        Matcher matcher = COMPARISON.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' cannot be read");
        }
        String operator = matcher.group(1) == null ? "=" : matcher.group(1);
        FieldCondition condition = new FieldCondition(path, operator, matcher.group(2));
        condition.check(field);
        return condition;
    }

    private static FieldCondition remainder(List<FieldDescriptor> path, String field, Matcher words) {
        FieldCondition condition = new FieldCondition(path, MODULO, words.group());
        BigDecimal divisor = new BigDecimal(words.group(1));
        BigDecimal rest = new BigDecimal(words.group(2));
        if (rest.compareTo(divisor) >= 0) {
            throw new IllegalArgumentException("field '" + field + "' divided by " + divisor + " never leaves " + rest
                    + "; write %4=0 to %4=3 for the four quarters");
        }
        JavaType type = last(path).getJavaType();
        if (type != JavaType.INT && type != JavaType.LONG) {
            throw new IllegalArgumentException("field '" + field + "' is no whole number and leaves no remainder");
        }
        condition.number = rest;
        condition.otherNumber = divisor;
        return condition;
    }

    private static FieldCondition range(List<FieldDescriptor> path, String field, Matcher words) {
        FieldCondition condition = new FieldCondition(path, BETWEEN, words.group());
        String from = words.group(1).strip();
        String to = words.group(2).strip();
        boolean empty;
        if (isNumber(last(path))) {
            BigDecimal first = number(field, from);
            BigDecimal end = number(field, to);
            condition.number = first;
            condition.otherNumber = end;
            empty = first.compareTo(end) > 0;
        } else {
            Instant first = time(field, from);
            Instant end = time(field, to);
            condition.time = first;
            condition.otherTime = end;
            empty = first.isAfter(end);
        }
        if (empty) {
            throw new IllegalArgumentException("'" + words.group() + "' of field '" + field
                    + "' has its larger end first; write " + to + ".." + from);
        }
        return condition;
    }

    /**
     * The text of a field, for the partition of a mission.
     *
     * @throws IllegalArgumentException if there is no such field or it is no single value
     */
    public static String text(Message event, String field) {
        return text(
                last(path(event.getDescriptorForType(), field)),
                value(event, path(event.getDescriptorForType(), field)));
    }

    /**
     * Whether the field can be the partition of a mission.
     *
     * @throws IllegalArgumentException if there is no such field or it is no single value
     */
    public static void checkText(Descriptor contract, String field) {
        FieldDescriptor last = last(path(contract, field));
        if (last.getJavaType() == JavaType.MESSAGE && !isTime(last)) {
            throw new IllegalArgumentException("field '" + field + "' is a message; name one of its fields");
        }
    }

    private static List<FieldDescriptor> path(Descriptor contract, String field) {
        FieldPath path = FieldPath.of(contract, field);
        if (path.last().isRepeated() || path.last().getJavaType() == JavaType.BYTE_STRING) {
            throw new IllegalArgumentException("field '" + field + "' is "
                    + (path.last().isRepeated() ? "a list" : "bytes") + "; name a single value");
        }
        return path.fields();
    }

    private static FieldDescriptor last(List<FieldDescriptor> path) {
        return path.get(path.size() - 1);
    }

    private static boolean isTime(FieldDescriptor field) {
        return field.getJavaType() == JavaType.MESSAGE
                && field.getMessageType().getFullName().equals(TIMESTAMP);
    }

    private static boolean isNumber(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT, LONG, FLOAT, DOUBLE -> true;
            case BOOLEAN, STRING, BYTE_STRING, ENUM, MESSAGE -> false;
        };
    }

    private void check(String field) {
        FieldDescriptor last = last(path);
        boolean ordered = isNumber(last) || isTime(last);
        if (!ordered && !operator.equals("=") && !operator.equals("!=")) {
            throw new IllegalArgumentException("field '" + field + "' is no number and no time, and '" + operator
                    + "' compares those; write the value itself, or != before it");
        }
        if (isNumber(last)) {
            number = number(field, literal);
        } else if (isTime(last)) {
            time = time(field, literal);
        } else if (last.getJavaType() == JavaType.BOOLEAN && !literal.equals("true") && !literal.equals("false")) {
            throw new IllegalArgumentException("field '" + field + "' is true or false, not '" + literal + "'");
        } else if (last.getJavaType() == JavaType.ENUM
                && pattern.exact()
                && last.getEnumType().findValueByName(literal) == null) {
            throw new IllegalArgumentException("field '" + field + "' is never '" + literal + "'; "
                    + Suggestion.hint(
                            literal,
                            last.getEnumType().getValues().stream()
                                    .map(EnumValueDescriptor::getName)
                                    .toList()));
        } else if (last.getJavaType() == JavaType.MESSAGE) {
            throw new IllegalArgumentException("field '" + field + "' is a message; name one of its fields");
        }
    }

    private static BigDecimal number(String field, String literal) {
        try {
            return new BigDecimal(literal);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "field '" + field + "' is a number, and '" + literal + "' is none; write 100, >100 or 100..199", e);
        }
    }

    private static Instant time(String field, String literal) {
        try {
            return Instant.parse(literal);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "field '" + field + "' is a time, and '" + literal + "' is none; write >2026-11-21T06:00:00Z", e);
        }
    }

    /** The one text that the field must be, empty where more than one is right; for an index. */
    public Optional<String> onlyText() {
        boolean one = number == null && time == null && operator.equals("=") && pattern.exact();
        return one ? Optional.of(literal) : Optional.empty();
    }

    /** The text of the field in an event. */
    public String textIn(Message event) {
        return text(last(path), value(event, path));
    }

    /** Whether an event of the contract has it. */
    public boolean test(Message event) {
        FieldDescriptor last = last(path);
        Object value = value(event, path);
        BigDecimal least = number;
        if (least != null) {
            return operator.equals(MODULO)
                    ? remains(number(last, value), least)
                    : compared(number(last, value), least, otherNumber);
        }
        if (time != null) {
            return compared(time((Message) value), time, otherTime);
        }
        return pattern.matches(text(last, value)) == operator.equals("=");
    }

    /** The remainder of a negative number is counted from below, so that every number is in one of the parts. */
    private boolean remains(BigDecimal value, BigDecimal rest) {
        BigDecimal divisor = Objects.requireNonNull(otherNumber);
        BigDecimal left = value.remainder(divisor);
        return (left.signum() < 0 ? left.add(divisor) : left).compareTo(rest) == 0;
    }

    private <T extends Comparable<T>> boolean compared(T given, T wanted, @Nullable T end) {
        int order = given.compareTo(wanted);
        return switch (operator) {
            case BETWEEN -> order >= 0 && end != null && given.compareTo(end) <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case "!=" -> order != 0;
            default -> order == 0;
        };
    }

    private static BigDecimal number(FieldDescriptor field, Object value) {
        double number = ((Number) value).doubleValue();
        if (value instanceof Double || value instanceof Float) {
            // no number at all is less than every one
            return Double.isFinite(number) ? new BigDecimal(value.toString()) : BigDecimal.valueOf(-Double.MAX_VALUE);
        }
        return new BigDecimal(text(field, value));
    }

    private static Object value(Message event, List<FieldDescriptor> path) {
        Object value = event;
        for (FieldDescriptor field : path) {
            value = ((Message) value).getField(field);
        }
        return value;
    }

    private static String text(FieldDescriptor field, Object value) {
        if (isTime(field)) {
            return time((Message) value).toString();
        }
        return switch (field.getType()) {
            case ENUM -> ((EnumValueDescriptor) value).getName();
            case UINT32, FIXED32 -> Integer.toUnsignedString((Integer) value);
            case UINT64, FIXED64 -> Long.toUnsignedString((Long) value);
            default -> value.toString();
        };
    }

    private static Instant time(Message value) {
        Descriptor type = value.getDescriptorForType();
        long seconds = (Long) value.getField(type.findFieldByName("seconds"));
        int nanos = (Integer) value.getField(type.findFieldByName("nanos"));
        return Instant.ofEpochSecond(seconds, nanos);
    }
}
