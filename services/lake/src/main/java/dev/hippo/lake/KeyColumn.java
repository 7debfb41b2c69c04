// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StructType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One column of a key. Its values are compared as bytes: a text by its UTF-8, as Parquet does, a number by eight bytes with the sign turned round.
 *
 * @param path from the outermost column to it
 * @param standard the value of an absent field
 */
record KeyColumn(List<String> path, Kind kind, byte[] standard) {
    /** What writers put behind a text that they cut, to be behind all that begin so. */
    private static final Pattern MARKS_OF_CUTS = Pattern.compile("[\\ufffd\\uffff\\x{10ffff}]+$");

    /** What values it has. */
    enum Kind {
        TEXT,
        BYTES,
        NUMBER,
        /** A number of 64 bits without a sign. */
        UNSIGNED,
        FLAG
    }

    /** The column of a field, which the contract is known to have; dots lead to one in a nested message. */
    static KeyColumn of(Descriptor contract, String field) {
        List<String> path = List.of(field.split("\\.", -1));
        Descriptor scope = contract;
        FieldDescriptor found = null;
        for (String name : path) {
            found = (found == null ? scope : found.getMessageType()).findFieldByName(name);
        }
        FieldDescriptor leaf = java.util.Objects.requireNonNull(found);
        Kind kind = switch (leaf.getType()) {
            case STRING, ENUM -> Kind.TEXT;
            case BYTES -> Kind.BYTES;
            case BOOL -> Kind.FLAG;
            case UINT64, FIXED64 -> Kind.UNSIGNED;
            default -> Kind.NUMBER;
        };
        return new KeyColumn(path, kind, standard(kind, leaf.getDefaultValue()));
    }

    private static byte[] standard(Kind kind, Object value) {
        if (value instanceof ByteString bytes) {
            return bytes.toByteArray();
        }
        String text = value instanceof EnumValueDescriptor name ? name.getName() : value.toString();
        return encode(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * From the text that a record's key has for it.
     *
     * @throws IllegalArgumentException if that is none of the column's values
     */
    byte[] encode(byte[] text) {
        return encode(kind, text);
    }

    private static byte[] encode(Kind kind, byte[] text) {
        return switch (kind) {
            case BYTES -> text;
            case TEXT -> checked(text);
            case NUMBER, UNSIGNED, FLAG -> parsed(kind, new String(text, StandardCharsets.UTF_8));
        };
    }

    /** Columns hold text; bytes that are none would be another text there, and another row. */
    private static byte[] checked(byte[] text) {
        for (byte b : text) {
            if (b < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
                    return text;
                } catch (CharacterCodingException e) {
                    throw new IllegalArgumentException("the key has a text that is no UTF-8", e);
                }
            }
        }
        return text;
    }

    private static byte[] parsed(Kind kind, String text) {
        byte[] value;
        try {
            value = switch (kind) {
                case NUMBER -> number(Long.parseLong(text));
                case UNSIGNED -> unsigned(Long.parseUnsignedLong(text));
                default -> flag(text.equals("true"));
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the key has '" + text + "' where a number belongs", e);
        }
        if (!decoded(kind, value).equals(text)) {
            throw new IllegalArgumentException("the key has '" + text + "' for " + decoded(kind, value));
        }
        return value;
    }

    private static byte[] number(long value) {
        return unsigned(value ^ Long.MIN_VALUE);
    }

    private static byte[] unsigned(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static byte[] flag(boolean value) {
        return new byte[] {(byte) (value ? 1 : 0)};
    }

    /** The value as a record's key and a partition have it. */
    String text(byte[] value) {
        return decoded(kind, value);
    }

    private static String decoded(Kind kind, byte[] value) {
        return switch (kind) {
            case TEXT, BYTES -> new String(value, StandardCharsets.UTF_8);
            case NUMBER -> Long.toString(ByteBuffer.wrap(value).getLong() ^ Long.MIN_VALUE);
            case UNSIGNED -> Long.toUnsignedString(ByteBuffer.wrap(value).getLong());
            case FLAG -> Boolean.toString(value[0] != 0);
        };
    }

    /** The values in stored rows. */
    Stored in(ColumnarBatch rows) {
        StructType struct = rows.getSchema();
        ColumnVector[] columns = new ColumnVector[path.size()];
        for (int i = 0; i < columns.length; i++) {
            int at = struct.indexOf(path.get(i));
            columns[i] = i == 0 ? rows.getColumnVector(at) : columns[i - 1].getChild(at);
            if (struct.at(at).getDataType() instanceof StructType inner) {
                struct = inner;
            }
        }
        return new Stored(this, columns);
    }

    /** The column in some rows of a file, with the structs around it. */
    record Stored(KeyColumn column, ColumnVector[] columns) {
        byte[] value(int row) {
            for (ColumnVector each : columns) {
                if (each.isNullAt(row)) {
                    return column.standard;
                }
            }
            ColumnVector values = columns[columns.length - 1];
            return switch (column.kind) {
                case TEXT -> values.getString(row).getBytes(StandardCharsets.UTF_8);
                case BYTES -> values.getBinary(row);
                case NUMBER ->
                    number(values.getDataType() instanceof IntegerType ? values.getInt(row) : values.getLong(row));
                case UNSIGNED -> unsigned(values.getDecimal(row).toBigInteger().longValue());
                case FLAG -> flag(values.getBoolean(row));
            };
        }
    }

    /** The greatest value from a file's statistics, to be asked with {@link #isWithin}; null when they tell none that is understood. */
    byte @Nullable [] most(JsonNode values) {
        JsonNode value = at(values);
        return kind == Kind.TEXT && value.isTextual()
                ? MARKS_OF_CUTS.matcher(value.asText()).replaceFirst("").getBytes(StandardCharsets.UTF_8)
                : least(values);
    }

    /** The least value from a file's statistics; null when they tell none that is understood. */
    byte @Nullable [] least(JsonNode values) {
        JsonNode value = at(values);
        return switch (kind) {
            case TEXT -> value.isTextual() ? value.asText().getBytes(StandardCharsets.UTF_8) : null;
            case NUMBER -> value.isIntegralNumber() && value.canConvertToLong() ? number(value.longValue()) : null;
            case UNSIGNED ->
                value.isIntegralNumber() && value.bigIntegerValue().bitLength() <= Long.SIZE
                        ? unsigned(value.bigIntegerValue().longValue())
                        : null;
            case BYTES, FLAG -> null;
        };
    }

    /** Whether statistics say that no row lacks the value. */
    boolean isNeverNull(JsonNode nullCounts) {
        JsonNode count = at(nullCounts);
        return count.isIntegralNumber() && count.longValue() == 0;
    }

    private JsonNode at(JsonNode values) {
        JsonNode at = values;
        for (String name : path) {
            at = at.path(name);
        }
        return at;
    }

    /** Whether a value is not behind a bound. The texts of statistics may be cut, so what begins with a bound is not behind it. */
    boolean isWithin(byte[] value, byte[] most) {
        int length = kind == Kind.TEXT ? Math.min(value.length, most.length) : value.length;
        return Arrays.compareUnsigned(value, 0, length, most, 0, most.length) <= 0;
    }
}
