// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.JsonCodec;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From the bytes of a message to the values of its fields, without the message between. Not thread-safe. */
final class RowDecoder {
    private static final int HIGHEST_NUMBER = 100_000;
    private static final int BYTES_ON_WIRE = 2;
    /** The seconds that a {@code google.protobuf.Timestamp} may have: 0001-01-01 to 9999-12-31. */
    private static final long FIRST_SECOND = -62_135_596_800L;

    private static final long LAST_SECOND = 253_402_300_799L;

    /** Takes a value from the wire; of a message the reader has just its bytes. */
    private interface Value {
        @Nullable
        Object read(WireReader in);
    }

    private final List<RowField> fields;
    private final ContractCatalog contracts;
    /** The place of a field in a row by its number; -1 for none. */
    private final int[] slots;

    private final int[] wireTypes;
    private final Value[] values;
    private final @Nullable Object[] absent;

    /**
     * A decoder for rows of those fields, in that order.
     *
     * @throws IllegalArgumentException if one of them cannot be decoded
     */
    RowDecoder(List<RowField> fields, ContractCatalog contracts) {
        this.fields = List.copyOf(fields);
        this.contracts = contracts;
        int highest = fields.stream()
                .mapToInt(field -> field.field().getNumber())
                .max()
                .orElse(0);
        if (highest > HIGHEST_NUMBER) {
            throw new IllegalArgumentException("field number " + highest
                    + " is too high for a table of fields; use numbers below " + HIGHEST_NUMBER);
        }
        slots = new int[highest + 1];
        Arrays.fill(slots, -1);
        wireTypes = new int[fields.size()];
        values = new Value[fields.size()];
        absent = new Object[fields.size()];
        for (int i = 0; i < fields.size(); i++) {
            RowField field = fields.get(i);
            slots[field.field().getNumber()] = i;
            wireTypes[i] = wireType(field.field());
            values[i] = value(field.field());
            absent[i] = field.nullable() || field.list() ? null : standard(field.kind(), values[i], wireTypes[i]);
        }
    }

    /**
     * The values of a message, in the order of the fields.
     *
     * @throws MalformedWireException if the bytes are no message of the contract
     */
    @Nullable
    Object[] decode(byte[] message) {
        @Nullable Object[] row = new Object[values.length];
        WireReader in = new WireReader(message, 0, message.length);
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            int number = tag >>> 3;
            int slot = number < slots.length ? slots[number] : -1;
            if (slot < 0) {
                in.skipValue(tag);
            } else if (fields.get(slot).list()) {
                row[slot] = longer(row[slot], slot, tag, in);
            } else if ((tag & 7) != wireTypes[slot]) {
                // not the field's wire type: protobuf keeps it as an unknown field
                in.skipValue(tag);
            } else if (row[slot] != null && fields.get(slot).isMessage()) {
                in.skipValue(tag);
                row[slot] = values[slot].read(merged(message, tag));
            } else {
                row[slot] = read(slot, in);
            }
        }
        for (int i = 0; i < row.length; i++) {
            if (row[i] == null) {
                row[i] = fields.get(i).list() ? List.of() : absent[i];
            }
        }
        return row;
    }

    private @Nullable Object read(int slot, WireReader in) {
        return values[slot].read(fields.get(slot).isMessage() ? in.inner() : in);
    }

    @SuppressWarnings("unchecked") // only this method puts lists into rows
    private List<Object> longer(@Nullable Object before, int slot, int tag, WireReader in) {
        List<Object> list = before == null ? new ArrayList<>() : (List<Object>) before;
        if ((tag & 7) == wireTypes[slot]) {
            add(list, read(slot, in));
        } else if ((tag & 7) == BYTES_ON_WIRE) {
            WireReader packed = in.inner();
            while (!packed.atEnd()) {
                add(list, values[slot].read(packed));
            }
        } else {
            in.skipValue(tag);
        }
        return list;
    }

    private static void add(List<Object> list, @Nullable Object value) {
        if (value != null) {
            list.add(value);
        }
    }

    /** A message that comes in parts is the message of all parts' bytes together. */
    private static WireReader merged(byte[] message, int wanted) {
        byte[] all = new byte[0];
        WireReader in = new WireReader(message, 0, message.length);
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            if (tag != wanted) {
                in.skipValue(tag);
                continue;
            }
            int length = in.length();
            all = Arrays.copyOf(all, all.length + length);
            System.arraycopy(in.array(), in.position(), all, all.length - length, length);
            in.skip(length);
        }
        return new WireReader(all, 0, all.length);
    }

    private static int wireType(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE, FIXED64, SFIXED64 -> 1;
            case FLOAT, FIXED32, SFIXED32 -> 5;
            case STRING, BYTES, MESSAGE -> BYTES_ON_WIRE;
            case INT32, INT64, UINT32, UINT64, SINT32, SINT64, BOOL, ENUM -> 0;
            case GROUP -> 3;
        };
    }

    private Value value(FieldDescriptor field) {
        return switch (field.getType()) {
            case BOOL -> in -> in.varint() != 0;
            case INT32 -> in -> (int) in.varint();
            case SINT32 -> in -> (int) in.zigzag();
            case SFIXED32 -> WireReader::fixed32;
            case INT64 -> WireReader::varint;
            case SINT64 -> WireReader::zigzag;
            case SFIXED64 -> WireReader::fixed64;
            case UINT32 -> in -> in.varint() & 0xffffffffL;
            case FIXED32 -> in -> in.fixed32() & 0xffffffffL;
            case UINT64 -> in -> Long.toUnsignedString(in.varint());
            case FIXED64 -> in -> Long.toUnsignedString(in.fixed64());
            case FLOAT -> in -> Float.intBitsToFloat(in.fixed32());
            case DOUBLE -> in -> Double.longBitsToDouble(in.fixed64());
            case STRING -> RowDecoder::text;
            case BYTES -> RowDecoder::bytes;
            case ENUM -> in -> label(field.getEnumType(), (int) in.varint());
            case MESSAGE -> message(field);
            case GROUP -> throw new IllegalArgumentException("field '" + field.getName() + "' is a group");
        };
    }

    private Value message(FieldDescriptor field) {
        if (RowField.isWrapper(field)) {
            FieldDescriptor wrapped = RowField.wrapped(field);
            int wanted = 1 << 3 | wireType(wrapped);
            Value inner = value(wrapped);
            Object standard = standard(RowField.of(field).kind(), inner, wireType(wrapped));
            return in -> wrapped(in, wanted, inner, standard);
        }
        String type = field.getMessageType().getFullName();
        if (type.equals("google.protobuf.Timestamp")) {
            return RowDecoder::moment;
        }
        JsonCodec json = contracts
                .contract(type)
                .orElseThrow(() -> new IllegalArgumentException("field '" + field.getName() + "' is a " + type
                        + ", which is not in the contracts folder and which this version has no column for"))
                .json();
        return in -> {
            int length = in.remaining();
            byte[] bytes = Arrays.copyOfRange(in.array(), in.position(), in.position() + length);
            in.skip(length);
            try {
                return json.toJson(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw new MalformedWireException("field '" + field.getName() + "': " + e.getMessage());
            }
        };
    }

    private static @Nullable Object wrapped(WireReader in, int wanted, Value inner, @Nullable Object standard) {
        Object value = standard;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            if (tag == wanted) {
                value = inner.read(in);
            } else {
                in.skipValue(tag);
            }
        }
        return value;
    }

    /** The value of a field that is not there: it is read from zeros. */
    private static @Nullable Object standard(RowField.Kind kind, Value value, int wireType) {
        return kind == RowField.Kind.MOMENT || kind == RowField.Kind.JSON
                ? null
                : value.read(new WireReader(new byte[8], 0, wireType == 0 || wireType == BYTES_ON_WIRE ? 1 : 8));
    }

    private static String text(WireReader in) {
        int length = in.length();
        int from = in.position();
        in.skip(length);
        String text = new String(in.array(), from, length, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(in.array(), from, length));
            } catch (CharacterCodingException e) {
                throw new MalformedWireException("a text is not UTF-8");
            }
        }
        return text;
    }

    private static byte[] bytes(WireReader in) {
        int length = in.length();
        int from = in.position();
        in.skip(length);
        return Arrays.copyOfRange(in.array(), from, from + length);
    }

    private static String label(EnumDescriptor type, int number) {
        EnumValueDescriptor value = type.findValueByNumber(number);
        return value == null ? Integer.toString(number) : value.getName();
    }

    /** Cut to microseconds, which is what databases keep. */
    private static Instant moment(WireReader in) {
        long seconds = 0;
        int nanos = 0;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 -> seconds = in.varint();
                case 2 << 3 -> nanos = (int) in.varint();
                default -> in.skipValue(tag);
            }
        }
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
            throw new MalformedWireException(
                    "a timestamp of " + seconds + " s and " + nanos + " ns is none of the years 1 to 9999");
        }
        return Instant.ofEpochSecond(seconds, nanos / 1_000 * 1_000L);
    }
}
