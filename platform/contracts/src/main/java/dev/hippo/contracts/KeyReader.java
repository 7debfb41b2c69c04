// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Reads a record's key from the wire bytes of its value, and the texts of its fields from the key. A string's text is its UTF-8 bytes, bytes are taken as they are, integers become
 * decimal text, booleans {@code true} and {@code false}, enums their name (their number if it has no name). An absent field gives the text of its default.
 *
 * <p>The key of one field is its text. That of several is a JSON array of their texts, bytes in base 64: {@code ["4711","2"]}. It has no blanks, and nothing is escaped in it but
 * quotes, backslashes and control characters, so that one row never has two keys, nor two rows one. Thread-safe.
 */
public final class KeyReader {
    private final KeyField[] fields;
    private final byte[] empty;

    KeyReader(List<WireField> fields) {
        this.fields = fields.stream().map(KeyField::new).toArray(KeyField[]::new);
        byte[][] nothing = new byte[fields.size()][0];
        this.empty = fields.size() == 1 ? nothing[0] : KeyArray.join(nothing);
    }

    /**
     * Reads the key of one encoded message.
     *
     * @throws IllegalArgumentException if the bytes are no protobuf message
     */
    public byte[] read(byte[] message, int offset, int length) {
        try {
            if (fields.length == 1) {
                return fields[0].read(message, offset, length);
            }
            byte[][] texts = new byte[fields.length][];
            for (int i = 0; i < texts.length; i++) {
                byte[] text = fields[i].read(message, offset, length);
                texts[i] = fields[i].isBytes() ? Base64.getEncoder().encode(text) : text;
            }
            return KeyArray.join(texts);
        } catch (MalformedWireException e) {
            throw new IllegalArgumentException("not a protobuf message: " + e.getMessage(), e);
        }
    }

    /**
     * What each field's key alone would be, in their order, from the key of a record.
     *
     * @throws IllegalArgumentException if it is none that {@link #read} could have given
     */
    public List<byte[]> texts(byte[] key) {
        if (fields.length == 1) {
            return List.of(key.clone());
        }
        byte[][] split = KeyArray.split(key, fields.length);
        List<byte[]> texts = new ArrayList<>();
        for (int i = 0; i < split.length; i++) {
            texts.add(fields[i].isBytes() ? bytes(split[i]) : split[i]);
        }
        return List.copyOf(texts);
    }

    private static byte[] bytes(byte[] text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!Arrays.equals(Base64.getEncoder().encode(bytes), text)) {
            throw new IllegalArgumentException("base 64 without its padding");
        }
        return bytes;
    }

    /** Whether a key says nothing: each of its fields is an empty text. */
    public boolean isEmpty(byte[] key) {
        return Arrays.equals(key, empty);
    }
}
