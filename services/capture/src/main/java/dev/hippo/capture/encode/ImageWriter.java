// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import dev.hippo.pipeline.FieldPath;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as messages of their contract. For each row: {@link #begin}, one {@code put} for each column that has a value (more for one that is a list),
 * {@link #end}. A column that the contract does not have is passed over, so a reader may ask {@link #wants} before it decodes. The encoding: <a
 * href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers</a>. Not thread-safe.
 */
public final class ImageWriter {
    private static final int SECONDS_TAG = 1 << 3;
    private static final int NANOS_TAG = 2 << 3;
    /** Two tags, ten bytes of seconds, five of nanoseconds. */
    private static final int LONGEST_TIME = 17;

    private static final int LONGEST_VARINT = 10;

    /** By column; 0 where the contract has no field. Where columns are told in messages of the message, such that {@link #nesting} knows. */
    private final int[] tags;

    private final boolean[] single;
    private final boolean[] moment;
    private final @Nullable TextMasker[] maskers;
    private final @Nullable Nesting nesting;
    private byte[] bytes = new byte[256];
    private int length;

    public ImageWriter(ContractMapping mapping) {
        if (!mapping.problems().isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mapping.problems()));
        }
        int columns = mapping.table().columns().size();
        tags = new int[columns];
        single = new boolean[columns];
        moment = new boolean[columns];
        maskers = new TextMasker[columns];
        nesting = mapping.nests() ? new Nesting(mapping) : null;
        for (int i = 0; i < columns; i++) {
            FieldPath path = mapping.path(i);
            if (path != null) {
                FieldDescriptor field = path.last();
                tags[i] = nesting == null ? tag(field) : Nesting.tag(i, wireType(field));
                single[i] = field.getType() == FieldDescriptor.Type.FLOAT;
                moment[i] = field.getType() == FieldDescriptor.Type.MESSAGE;
                maskers[i] = mapping.masker(i);
            }
        }
    }

    static int tag(FieldDescriptor field) {
        return (field.getNumber() << 3) | wireType(field);
    }

    private static int wireType(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> WireFormat.WIRETYPE_FIXED64;
            case FLOAT -> WireFormat.WIRETYPE_FIXED32;
            case STRING, BYTES, MESSAGE -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
            default -> WireFormat.WIRETYPE_VARINT;
        };
    }

    /** Whether the contract has that column. */
    public boolean wants(int column) {
        return tags[column] != 0;
    }

    /** Whether the contract has that column as a moment, which a date and time without a zone may be too. */
    public boolean wantsInstant(int column) {
        return moment[column];
    }

    /** Forgets what was put. */
    public void begin() {
        length = 0;
    }

    /** The message. */
    public byte[] end() {
        return nesting == null ? Arrays.copyOf(bytes, length) : nesting.nested(bytes, length);
    }

    public void putLong(int column, long value) {
        if (wants(column)) {
            room(2 * LONGEST_VARINT);
            varint(tags[column]);
            varint(value);
        }
    }

    public void putBool(int column, boolean value) {
        putLong(column, value ? 1 : 0);
    }

    /** For a field of single precision the value is rounded to it, which changes nothing for a column that has no more. */
    public void putDouble(int column, double value) {
        if (!wants(column)) {
            return;
        }
        room(2 * LONGEST_VARINT);
        varint(tags[column]);
        if (single[column]) {
            fixed(Float.floatToRawIntBits((float) value), Float.BYTES);
        } else {
            fixed(Double.doubleToRawLongBits(value), Double.BYTES);
        }
    }

    /** Bytes, or text in UTF-8; of a text that is masked, what is told of it is written. */
    public void putBytes(int column, byte[] from, int offset, int count) {
        TextMasker masker = maskers[column];
        if (masker != null) {
            byte[] masked = masker.masked(from, offset, count);
            write(column, masked, 0, masked.length);
        } else {
            write(column, from, offset, count);
        }
    }

    private void write(int column, byte[] from, int offset, int count) {
        if (wants(column)) {
            room(2 * LONGEST_VARINT + count);
            varint(tags[column]);
            varint(count);
            System.arraycopy(from, offset, bytes, length, count);
            length += count;
        }
    }

    /**
     * A moment.
     *
     * @param seconds since 1970
     * @param nanos 0 to 999,999,999
     */
    public void putInstant(int column, long seconds, int nanos) {
        if (!wants(column)) {
            return;
        }
        room(2 * LONGEST_VARINT + LONGEST_TIME);
        varint(tags[column]);
        int at = length++;
        if (seconds != 0) {
            varint(SECONDS_TAG);
            varint(seconds);
        }
        if (nanos != 0) {
            varint(NANOS_TAG);
            varint(nanos);
        }
        bytes[at] = (byte) (length - at - 1);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    private void fixed(long value, int count) {
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) (value >>> (8 * i));
        }
    }
}
