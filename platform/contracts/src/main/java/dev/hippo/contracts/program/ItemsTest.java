// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import java.util.Arrays;

/** Rules on how many elements a repeated field or map has, and that they differ. Walks the message a second time to count. Thread-safe. */
record ItemsTest(FieldProgram field, long min, long max, boolean unique) {
    /** Above so many elements, comparing each with each is left to the reference. */
    private static final int COMPARED = 32;

    boolean passes(byte[] bytes, int from, int end) {
        long count = 0;
        for (int at = from; at < end; ) {
            int tagSize = Wire.varintSize(bytes, at, end);
            int tag = (int) Wire.varint(bytes, at, tagSize);
            at += tagSize;
            int to = Wire.valueEnd(tag & 7, bytes, at, end);
            if (tag >>> 3 == field.number) {
                count += elements(tag & 7, bytes, at, to);
            }
            at = to;
        }
        return count >= min
                && count <= max
                && (!unique || count < 2 || (count <= COMPARED && differ(bytes, from, end, (int) count)));
    }

    private long elements(int wireType, byte[] bytes, int at, int to) {
        if (wireType != Wire.DELIMITED || !(field instanceof NumberField numbers)) {
            return 1;
        }
        int first = packedStart(bytes, at, to);
        return switch (numbers.kind().wireType) {
            case Wire.FIXED32 -> (to - first) / 4;
            case Wire.FIXED64 -> (to - first) / 8;
            default -> {
                long count = 0;
                for (int i = first; i < to; i++) {
                    count += bytes[i] >= 0 ? 1 : 0;
                }
                yield count;
            }
        };
    }

    private boolean differ(byte[] bytes, int from, int end, int count) {
        long[] values = new long[count];
        int[] places = new int[count * 2];
        int index = 0;
        for (int at = from; at < end; ) {
            int tagSize = Wire.varintSize(bytes, at, end);
            int tag = (int) Wire.varint(bytes, at, tagSize);
            at += tagSize;
            int to = Wire.valueEnd(tag & 7, bytes, at, end);
            if (tag >>> 3 == field.number) {
                int element = (tag & 7) == Wire.DELIMITED ? packedStart(bytes, at, to) : at;
                if (!(field instanceof NumberField numbers)) {
                    places[index * 2] = element;
                    places[index * 2 + 1] = to;
                    index++;
                } else {
                    while (element < to) {
                        int next = Wire.valueEnd(numbers.kind().wireType, bytes, element, to);
                        long value = numbers.kind().value(numbers.raw(bytes, element, next));
                        // both zeros are one
                        values[index++] = value == Double.doubleToRawLongBits(-0.0)
                                        && numbers.kind().real()
                                ? 0
                                : value;
                        element = next;
                    }
                }
            }
            at = to;
        }
        return field instanceof NumberField ? differ(values) : differ(bytes, places);
    }

    private static boolean differ(long[] values) {
        Arrays.sort(values);
        for (int i = 1; i < values.length; i++) {
            if (values[i] == values[i - 1]) {
                return false;
            }
        }
        return true;
    }

    private static boolean differ(byte[] bytes, int[] places) {
        for (int i = 0; i < places.length; i += 2) {
            for (int j = 0; j < i; j += 2) {
                if (Arrays.equals(bytes, places[i], places[i + 1], bytes, places[j], places[j + 1])) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int packedStart(byte[] bytes, int at, int to) {
        return at + Wire.varintSize(bytes, at, to);
    }
}
