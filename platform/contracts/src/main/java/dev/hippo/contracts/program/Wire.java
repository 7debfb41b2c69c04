// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The pieces of the <a href="https://protobuf.dev/programming-guides/encoding/">wire format</a>, read without any object. Thread-safe. */
final class Wire {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int DELIMITED = 2;
    static final int FIXED32 = 5;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Wire() {}

    /** How many bytes the varint there takes; 0 when it does not end before {@code end} or takes more than ten. */
    static int varintSize(byte[] bytes, int at, int end) {
        int limit = Math.min(end, at + 10);
        for (int i = at; i < limit; i++) {
            if (bytes[i] >= 0) {
                return i - at + 1;
            }
        }
        return 0;
    }

    /** The varint of that size. */
    static long varint(byte[] bytes, int at, int size) {
        long value = bytes[at] & 0x7f;
        for (int i = 1; i < size; i++) {
            value |= (long) (bytes[at + i] & 0x7f) << (7 * i);
        }
        return value;
    }

    static long fixed32(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    static long fixed64(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    /** Where the value behind a tag of that wire type ends; -1 when it does not end before {@code end}, or is a group or of no known type. */
    static int valueEnd(int wireType, byte[] bytes, int at, int end) {
        int size = switch (wireType) {
            case VARINT, DELIMITED -> varintSize(bytes, at, end);
            case FIXED64 -> 8;
            case FIXED32 -> 4;
            default -> 0;
        };
        if (size == 0 || size > end - at) {
            return -1;
        }
        if (wireType != DELIMITED) {
            return at + size;
        }
        long length = varint(bytes, at, size);
        return length < 0 || length > end - at - size ? -1 : at + size + (int) length;
    }

    /**
     * How many code points the UTF-8 there holds; -1 when it is not valid UTF-8 (overlong forms, surrogates and what lies beyond U+10FFFF included).
     */
    static int codePoints(byte[] bytes, int from, int end) {
        int at = from;
        while (at + 8 <= end && ((long) LONGS.get(bytes, at) & 0x8080808080808080L) == 0) {
            at += 8;
        }
        while (at < end && bytes[at] >= 0) {
            at++;
        }
        return at == end ? end - from : beyondAscii(bytes, at, end, at - from);
    }

    private static int beyondAscii(byte[] bytes, int from, int end, int before) {
        int count = before;
        int at = from;
        while (at < end) {
            int lead = bytes[at] & 0xff;
            int follow = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
            if (follow < 0 || at + follow >= end) {
                return -1;
            }
            if (follow > 0) {
                int second = bytes[at + 1] & 0xff;
                int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
                int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
                if (second < least || second > most) {
                    return -1;
                }
            }
            for (int i = 2; i <= follow; i++) {
                if ((bytes[at + i] & 0xc0) != 0x80) {
                    return -1;
                }
            }
            at += follow + 1;
            count++;
        }
        return count;
    }
}
