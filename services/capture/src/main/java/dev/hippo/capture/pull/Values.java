// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Base64;
import java.util.Locale;

/** From what drivers, files and programs give to what a field takes: with nothing lost, or not at all. */
final class Values {
    private static final int MOST_DIGITS = 40;
    private static final int MOST_NOUGHTS = 10_000;
    private static final BigInteger TWO = BigInteger.valueOf(2);
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** {@code 2026-11-21T10:00:00.5}, with a blank for the T too, and an offset if there is one. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:mm", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withChronology(IsoChronology.INSTANCE)
            .withResolverStyle(ResolverStyle.STRICT);

    private Values() {}

    static boolean bool(Object value) throws UnfitValue {
        if (value instanceof Boolean bool) {
            return bool;
        }
        return switch (value.toString().toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> true;
            case "false", "f", "0" -> false;
            default -> throw new UnfitValue(value, "is neither true nor false");
        };
    }

    /** A whole number, in two's complement for one without a sign. */
    static long whole(Object value, int bits, boolean signed) throws UnfitValue {
        BigInteger number = integer(value);
        BigInteger least = signed ? TWO.pow(bits - 1).negate() : BigInteger.ZERO;
        BigInteger behind = TWO.pow(signed ? bits - 1 : bits);
        if (number.compareTo(least) < 0 || number.compareTo(behind) >= 0) {
            throw new UnfitValue(value, "is not between " + least + " and " + behind.subtract(BigInteger.ONE));
        }
        return number.longValue();
    }

    private static BigInteger integer(Object value) throws UnfitValue {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return BigInteger.valueOf(((Number) value).longValue());
        }
        if (value instanceof BigInteger integer) {
            return integer;
        }
        if (value instanceof Boolean) {
            throw new UnfitValue(value, "is no number");
        }
        try {
            BigDecimal number = new BigDecimal(value.toString());
            if ((long) number.precision() - number.scale() > MOST_DIGITS) {
                throw new UnfitValue(value, "is too large");
            }
            return number.toBigIntegerExact();
        } catch (NumberFormatException e) {
            throw new UnfitValue(value, "is no whole number");
        } catch (ArithmeticException e) {
            throw new UnfitValue(value, "is not whole");
        }
    }

    static double real(Object value, boolean single) throws UnfitValue {
        double number;
        if (value instanceof Double || value instanceof Float) {
            number = ((Number) value).doubleValue();
            if (single && !Double.isNaN(number) && (float) number != number) {
                throw new UnfitValue(value, "has more digits than a float; make the field a double");
            }
            return number;
        }
        if (value instanceof Boolean) {
            throw new UnfitValue(value, "is no number");
        }
        try {
            // a float from its text at once: by way of a double it would be rounded twice
            number = single ? Float.parseFloat(value.toString()) : Double.parseDouble(value.toString());
        } catch (NumberFormatException e) {
            throw new UnfitValue(value, "is no number");
        }
        if (Double.isInfinite(number)
                && !value.toString().toLowerCase(Locale.ROOT).contains("inf")) {
            throw new UnfitValue(value, "is too large");
        }
        return number;
    }

    static byte[] text(Object value) throws UnfitValue {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(words(value)));
            byte[] text = new byte[bytes.remaining()];
            bytes.get(text);
            return text;
        } catch (CharacterCodingException e) {
            throw new UnfitValue(value, "has half a character");
        }
    }

    private static String words(Object value) throws UnfitValue {
        if (value instanceof BigDecimal number) {
            // written out, unless that is nothing but noughts
            return Math.abs((long) number.scale()) < MOST_NOUGHTS ? number.toPlainString() : number.toString();
        }
        if (value instanceof byte[] || value instanceof ByteBuffer) {
            throw new UnfitValue(value, "is no text; make the field bytes");
        }
        if (value instanceof LocalDateTime time) {
            return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time);
        }
        if (value instanceof LocalTime time) {
            return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
        }
        return value.toString();
    }

    /** Bytes, or a text in base 64. */
    static byte[] bytes(Object value) throws UnfitValue {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        if (value instanceof String text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw new UnfitValue(value, "is no base 64");
            }
        }
        throw new UnfitValue(value, "is no bytes");
    }

    /** A moment; one without a zone is UTC's. */
    static Instant instant(Object value) throws UnfitValue {
        Instant instant = moment(value);
        if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
            throw new UnfitValue(value, "is not in the years 1 to 9999");
        }
        return instant;
    }

    private static Instant moment(Object value) throws UnfitValue {
        if (value instanceof Instant instant) {
            return instant;
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value instanceof ZonedDateTime time) {
            return time.toInstant();
        }
        if (value instanceof LocalDateTime time) {
            return time.toInstant(ZoneOffset.UTC);
        }
        if (value instanceof Timestamp time) {
            return time.toInstant();
        }
        try {
            var parsed = TIME.parseBest(
                    value.toString().strip().replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from);
            return parsed instanceof OffsetDateTime time
                    ? time.toInstant()
                    : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new UnfitValue(value, "is no time such as 2026-11-21T10:00:00Z");
        }
    }
}
