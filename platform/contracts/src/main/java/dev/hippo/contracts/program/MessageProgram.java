// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one message type as a table by field number. It walks the wire bytes once and allocates nothing. Thread-safe once defined.
 *
 * <p>{@code true} means that protobuf parses the bytes and that every rule is kept. {@code false} means only that this could not be seen
 * here: the event is invalid, or unusual (a singular field that comes twice, a group, two members of a oneof), and the reference decides.
 */
public final class MessageProgram {
    /** Protobuf parses to a depth of 100; deeper than this, it decides. */
    private static final int DEPTH = 64;

    private static final int DENSE = 256;

    private @Nullable FieldProgram[] dense = {};
    private FieldProgram[] sparse = {};
    private long required;
    private long[] oneNeeded = {};
    private long[] oneAllowed = {};
    private ItemsTest[] items = {};

    MessageProgram() {}

    /** Fills the tables. A type that contains itself is referred to before that, so this is no constructor. */
    void define(List<FieldProgram> fields, Demands demands) {
        int largest = fields.stream()
                .mapToInt(field -> field.number)
                .filter(number -> number < DENSE)
                .max()
                .orElse(-1);
        FieldProgram[] table = new FieldProgram[largest + 1];
        fields.stream().filter(field -> field.number < DENSE).forEach(field -> table[field.number] = field);
        dense = table;
        sparse = fields.stream().filter(field -> field.number >= DENSE).toArray(FieldProgram[]::new);
        required = demands.required();
        oneNeeded = demands.oneNeeded().stream().mapToLong(Long::longValue).toArray();
        oneAllowed = demands.oneAllowed().stream().mapToLong(Long::longValue).toArray();
        items = demands.items().toArray(ItemsTest[]::new);
    }

    /**
     * What a message must have when it ends. Fields are bits.
     *
     * @param required all of these
     * @param oneNeeded at least one of each
     * @param oneAllowed at most one of each
     */
    record Demands(long required, List<Long> oneNeeded, List<Long> oneAllowed, List<ItemsTest> items) {}

    /** Whether the encoded message is surely valid. */
    public boolean accepts(byte[] bytes, int offset, int length) {
        return accepts(bytes, offset, offset + length, 0);
    }

    boolean accepts(byte[] bytes, int from, int end, int depth) {
        if (depth > DEPTH) {
            return false;
        }
        long seen = 0;
        int at = from;
        while (at < end) {
            int tagSize = Wire.varintSize(bytes, at, end);
            if (tagSize == 0 || tagSize > 5) {
                return false;
            }
            int tag = (int) Wire.varint(bytes, at, tagSize);
            int wireType = tag & 7;
            at += tagSize;
            int to = Wire.valueEnd(wireType, bytes, at, end);
            if (to < 0 || tag >>> 3 == 0) {
                return false;
            }
            FieldProgram field = field(tag >>> 3);
            if (field != null) {
                int state = run(field, wireType, bytes, at, to, depth);
                if (state == FieldProgram.ASK || (seen & field.conflicts) != 0) {
                    return false;
                }
                if (state == FieldProgram.SET) {
                    seen |= field.bit;
                }
            }
            at = to;
        }
        return demandsMet(seen, bytes, from, end);
    }

    private static int run(FieldProgram field, int wireType, byte[] bytes, int at, int to, int depth) {
        return switch (wireType) {
            case Wire.VARINT -> field.number(Wire.varint(bytes, at, to - at), wireType);
            case Wire.FIXED32 -> field.number(Wire.fixed32(bytes, at), wireType);
            case Wire.FIXED64 -> field.number(Wire.fixed64(bytes, at), wireType);
            default -> field.delimited(bytes, at + Wire.varintSize(bytes, at, to), to, depth);
        };
    }

    private @Nullable FieldProgram field(int number) {
        if (number < dense.length) {
            return dense[number];
        }
        for (FieldProgram field : sparse) {
            if (field.number == number) {
                return field;
            }
        }
        return null;
    }

    private boolean demandsMet(long seen, byte[] bytes, int from, int end) {
        if ((seen & required) != required) {
            return false;
        }
        for (long any : oneNeeded) {
            if ((seen & any) == 0) {
                return false;
            }
        }
        for (long any : oneAllowed) {
            if (Long.bitCount(seen & any) > 1) {
                return false;
            }
        }
        for (ItemsTest test : items) {
            if ((seen & test.field().bit) != 0 && !test.passes(bytes, from, end)) {
                return false;
            }
        }
        return true;
    }
}
