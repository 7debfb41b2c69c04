// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.Descriptors.FieldDescriptor;

/** Reads an event's time from its wire bytes: a {@code google.protobuf.Timestamp}, or int64 milliseconds since 1970. Thread-safe. */
public final class TimeReader {
    private static final String TIMESTAMP = "google.protobuf.Timestamp";

    private final int[] numbers;
    private final boolean timestamp;

    TimeReader(WireField time) {
        FieldDescriptor field = time.field();
        this.timestamp = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getFullName().equals(TIMESTAMP);
        boolean millis = field.getType() == FieldDescriptor.Type.INT64;
        if (!timestamp && !millis) {
            throw new IllegalArgumentException("field '" + field.getName()
                    + "' cannot be an event time; it must be a google.protobuf.Timestamp, or an int64 of milliseconds");
        }
        this.numbers = time.numbers().stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Milliseconds since 1970; 0 when the field is absent.
     *
     * @throws IllegalArgumentException if the bytes are no protobuf message
     */
    public long readMillis(byte[] message, int offset, int length) {
        try {
            return read(message, offset, length, 0);
        } catch (MalformedWireException e) {
            throw new IllegalArgumentException("not a protobuf message: " + e.getMessage(), e);
        }
    }

    private long read(byte[] message, int offset, int length, int depth) {
        long millis = 0;
        WireReader scan = new WireReader(message, offset, length);
        for (int tag = scan.tag(); tag != 0; tag = scan.tag()) {
            if (tag >>> 3 != numbers[depth]) {
                scan.skipValue(tag);
            } else if ((tag & 7) == 2) {
                int size = scan.length();
                int from = scan.position();
                scan.skip(size);
                millis = depth < numbers.length - 1
                        ? read(message, from, size, depth + 1)
                        : timestamp(message, from, size);
            } else {
                millis = scan.varint();
            }
        }
        return millis;
    }

    private static long timestamp(byte[] message, int offset, int length) {
        long seconds = 0;
        long nanos = 0;
        WireReader scan = new WireReader(message, offset, length);
        for (int tag = scan.tag(); tag != 0; tag = scan.tag()) {
            switch (tag) {
                case 1 << 3 -> seconds = scan.varint();
                case 2 << 3 -> nanos = scan.varint();
                default -> scan.skipValue(tag);
            }
        }
        return seconds * 1_000 + Math.floorDiv((int) nanos, 1_000_000);
    }
}
