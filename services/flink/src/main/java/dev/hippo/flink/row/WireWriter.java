// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Writes the wire bytes of one message after the other into an array that it keeps. Not thread-safe. */
final class WireWriter {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[512];
    private int at;

    /** Forgets what was written. */
    void reset() {
        at = 0;
    }

    /** A copy of what was written since the last reset. */
    byte[] written() {
        return Arrays.copyOf(bytes, at);
    }

    void tag(int number, int wireType) {
        varint((long) number << 3 | wireType);
    }

    void varint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    void fixed32(int value) {
        room(4);
        INTS.set(bytes, at, value);
        at += 4;
    }

    void fixed64(long value) {
        room(8);
        LONGS.set(bytes, at, value);
        at += 8;
    }

    /** A length and so many bytes. */
    void delimited(byte[] value) {
        varint(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
        at += value.length;
    }

    /** Begins a length-delimited value whose length is not known yet; the answer is for {@link #close}. */
    int open() {
        room(1);
        return at++;
    }

    /** Ends the value that {@code open} began, and writes its length before it. */
    void close(int opened) {
        int length = at - opened - 1;
        int more = 0;
        for (int rest = length >>> 7; rest != 0; rest >>>= 7) {
            more++;
        }
        if (more > 0) {
            room(more);
            System.arraycopy(bytes, opened + 1, bytes, opened + 1 + more, length);
        }
        at = opened;
        varint(length);
        at += length;
    }

    private void room(int count) {
        if (bytes.length - at < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + count));
        }
    }
}
