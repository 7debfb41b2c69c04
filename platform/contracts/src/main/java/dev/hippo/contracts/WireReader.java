// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

/**
 * Walks the wire bytes of one message, tag by tag, without building it
 * (<a href="https://protobuf.dev/programming-guides/encoding/">encoding</a>). Not thread-safe.
 */
public final class WireReader {
    /** Protobuf itself reads groups no deeper. */
    private static final int MOST_GROUPS = 100;

    private final byte[] bytes;
    private int at;
    private final int end;

    /** Reads so many bytes of the array from the offset on. */
    public WireReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** The next tag, 0 at the end. */
    public int tag() {
        if (at >= end) {
            return 0;
        }
        int tag = (int) varint();
        if (tag >>> 3 == 0) {
            throw new MalformedWireException("field number 0");
        }
        return tag;
    }

    /** A zigzag number, decoded. */
    public long zigzag() {
        long raw = varint();
        return (raw >>> 1) ^ -(raw & 1);
    }

    /** A reader of the length-delimited value that follows; this one goes on behind it. */
    public WireReader inner() {
        int length = length();
        WireReader inner = new WireReader(bytes, at, length);
        at += length;
        return inner;
    }

    /** Whether all has been read. */
    public boolean atEnd() {
        return at >= end;
    }

    /** How many bytes are left. */
    public int remaining() {
        return end - at;
    }

    /** The array that is read. */
    public byte[] array() {
        return bytes;
    }

    /** Index of the next byte in the array. */
    public int position() {
        return at;
    }

    /** A number of up to ten bytes, as it stands. */
    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw new MalformedWireException("the message ends in the middle of a number");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedWireException("a number is longer than ten bytes");
    }

    /** Reads a length and checks that so many bytes follow; the caller skips them. */
    public int length() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new MalformedWireException("a field is longer than the message");
        }
        return (int) length;
    }

    /** Four bytes, little-endian. */
    public int fixed32() {
        need(4);
        int value = (bytes[at] & 0xff)
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
        at += 4;
        return value;
    }

    /** Eight bytes, little-endian. */
    public long fixed64() {
        long low = fixed32() & 0xffffffffL;
        return low | (long) fixed32() << 32;
    }

    /** Passes over so many bytes. */
    public void skip(int count) {
        need(count);
        at += count;
    }

    /** Skips the value that follows a tag. */
    public void skipValue(int tag) {
        switch (tag & 7) {
            case 0 -> varint();
            case 1 -> skip(8);
            case 2 -> skip(length());
            case 3 -> skipGroup(tag >>> 3);
            case 5 -> skip(4);
            default -> throw new MalformedWireException("wire type " + (tag & 7) + " does not exist here");
        }
    }

    private void skipGroup(int number) {
        int[] open = new int[MOST_GROUPS];
        open[0] = number;
        int depth = 1;
        while (depth > 0) {
            int tag = tag();
            if (tag == 0) {
                throw new MalformedWireException("a group does not end");
            }
            switch (tag & 7) {
                case 3 -> {
                    if (depth == MOST_GROUPS) {
                        throw new MalformedWireException("groups lie more than " + MOST_GROUPS + " deep");
                    }
                    open[depth++] = tag >>> 3;
                }
                case 4 -> {
                    depth--;
                    if (open[depth] != tag >>> 3) {
                        throw new MalformedWireException("a group ends that did not begin");
                    }
                }
                default -> skipValue(tag);
            }
        }
    }

    private void need(int count) {
        if (count > end - at) {
            throw new MalformedWireException("the message ends in the middle of a value");
        }
    }
}
