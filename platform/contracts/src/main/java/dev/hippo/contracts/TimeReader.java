// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.Descriptors.FieldDescriptor;

/** Reads an event's time from its wire bytes: a {@code google.protobuf.Timestamp}, or int64 milliseconds since 1970. Thread-safe. */
public final class TimeReader {
    private static final String TIMESTAMP = "google.protobuf.Timestamp";
    /** The years that a Timestamp can tell: 1 to 9999. */
    private static final long FIRST_SECOND = -62_135_596_800L;

    private static final long LAST_SECOND = 253_402_300_799L;
    private static final long ABSENT = Long.MIN_VALUE;

    private final int[] numbers;
    private final boolean timestamp;

    TimeReader(WireField time) {
        FieldDescriptor field = time.field();
        this.timestamp = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getFullName().equals(TIMESTAMP);
        boolean millis = field.getType() == FieldDescriptor.Type.INT64;
        if (!timestamp && !millis) {
            throw new IllegalArgumentException("field '" + field.getName() + "' of "
                    + field.getContainingType().getFullName()
                    + " cannot be an event time; it must be a google.protobuf.Timestamp, or an int64 of milliseconds");
        }
        this.numbers = time.numbers().stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Milliseconds since 1970; 0 when the field is absent.
     *
     * @throws IllegalArgumentException if the bytes are no protobuf message, or a Timestamp lies beyond the years 1 to 9999
     */
    public long readMillis(byte[] message, int offset, int length) {
        try {
            long millis = find(message, offset, length, 0);
            return millis == ABSENT ? 0 : millis;
        } catch (MalformedWireException e) {
            throw new IllegalArgumentException("not a protobuf message: " + e.getMessage(), e);
        }
    }

    /** The last occurrence counts, as it does for protobuf. */
    private long find(byte[] message, int offset, int length, int depth) {
        boolean inner = depth < numbers.length - 1;
        int wanted = numbers[depth] << 3 | (inner || timestamp ? 2 : 0);
        long millis = ABSENT;
        WireReader scan = new WireReader(message, offset, length);
        for (int tag = scan.tag(); tag != 0; tag = scan.tag()) {
            if (tag != wanted) {
                scan.skipValue(tag);
            } else if (!inner && !timestamp) {
                millis = scan.varint();
            } else {
                int size = scan.length();
                int from = scan.position();
                scan.skip(size);
                long here = inner ? find(message, from, size, depth + 1) : timestamp(message, from, size);
                millis = here == ABSENT ? millis : here;
            }
        }
        return millis;
    }

    private static long timestamp(byte[] message, int offset, int length) {
        long seconds = 0;
        int nanos = 0;
        WireReader scan = new WireReader(message, offset, length);
        for (int tag = scan.tag(); tag != 0; tag = scan.tag()) {
            switch (tag) {
                case 1 << 3 -> seconds = scan.varint();
                case 2 << 3 -> nanos = (int) scan.varint();
                default -> scan.skipValue(tag);
            }
        }
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND) {
            throw new IllegalArgumentException(
                    "the event's time of " + seconds + " s since 1970 lies beyond the years 1 to 9999");
        }
        return seconds * 1_000 + Math.floorDiv(nanos, 1_000_000);
    }
}
