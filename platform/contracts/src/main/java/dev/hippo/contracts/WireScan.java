// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

/**
 * Walks the wire bytes of one message, tag by tag, without building it
 * (<a href="https://protobuf.dev/programming-guides/encoding/">encoding</a>). Not thread-safe.
 */
final class WireScan {
    private final byte[] bytes;
    private int at;
    private final int end;

    WireScan(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** The next tag, 0 at the end. */
    int tag() {
        return at >= end ? 0 : (int) varint();
    }

    int position() {
        return at;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw new MalformedWire("the message ends in the middle of a number");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedWire("a number is longer than ten bytes");
    }

    /** Reads a length and checks that so many bytes follow; the caller skips them. */
    int length() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new MalformedWire("a field is longer than the message");
        }
        return (int) length;
    }

    int fixed32() {
        need(4);
        int value = (bytes[at] & 0xff)
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
        at += 4;
        return value;
    }

    long fixed64() {
        long low = fixed32() & 0xffffffffL;
        return low | (long) fixed32() << 32;
    }

    void skip(int count) {
        need(count);
        at += count;
    }

    /** Skips the value that follows a tag. */
    void skipValue(int tag) {
        switch (tag & 7) {
            case 0 -> varint();
            case 1 -> skip(8);
            case 2 -> skip(length());
            case 3 -> skipGroup(tag >>> 3);
            case 5 -> skip(4);
            default -> throw new MalformedWire("wire type " + (tag & 7) + " does not exist here");
        }
    }

    private void skipGroup(int number) {
        for (int tag = tag(); tag != (number << 3 | 4); tag = tag()) {
            if (tag == 0) {
                throw new MalformedWire("a group does not end");
            }
            skipValue(tag);
        }
    }

    private void need(int count) {
        if (count > end - at) {
            throw new MalformedWire("the message ends in the middle of a value");
        }
    }

    /** The bytes are no protobuf message. */
    static final class MalformedWire extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedWire(String message) {
            super(message, null, false, false);
        }
    }
}
