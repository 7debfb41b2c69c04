// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JSON array of texts, in the one way in which it is written here: without blanks, and with nothing escaped that need not be. The texts are bytes of UTF-8, and stay what they
 * are if they are not.
 */
final class KeyArray {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /** The characters that have a letter for their escape, and behind them these letters. */
    private static final String ESCAPED = "\"\\\b\t\n\f\r";

    private static final String LETTERS = "\"\\btnfr";
    /** For each character what its escape is: 0 for none, 'u' for that of its number. */
    private static final byte[] ESCAPES = escapes();

    private KeyArray() {}

    private static byte[] escapes() {
        byte[] escapes = new byte[0x80];
        Arrays.fill(escapes, 0, 0x20, (byte) 'u');
        for (int i = 0; i < ESCAPED.length(); i++) {
            escapes[ESCAPED.charAt(i)] = (byte) LETTERS.charAt(i);
        }
        return escapes;
    }

    private static byte escape(byte one) {
        return one < 0 ? 0 : ESCAPES[one];
    }

    static byte[] join(byte[][] texts) {
        int length = 1 + 3 * texts.length;
        for (byte[] text : texts) {
            for (byte one : text) {
                byte escape = escape(one);
                length += escape == 0 ? 1 : escape == 'u' ? 6 : 2;
            }
        }
        byte[] array = new byte[length];
        int at = 0;
        for (byte[] text : texts) {
            array[at] = (byte) (at == 0 ? '[' : ',');
            array[at + 1] = '"';
            at = write(text, array, at + 2);
            array[at++] = '"';
        }
        array[at] = ']';
        return array;
    }

    private static int write(byte[] text, byte[] array, int from) {
        int at = from;
        for (byte one : text) {
            byte escape = escape(one);
            if (escape == 0) {
                array[at++] = one;
                continue;
            }
            array[at++] = '\\';
            array[at++] = escape;
            if (escape == 'u') {
                array[at++] = '0';
                array[at++] = '0';
                array[at++] = HEX[one >> 4];
                array[at++] = HEX[one & 0xF];
            }
        }
        return at;
    }

    /**
     * The texts of an array.
     *
     * @throws IllegalArgumentException if it is not what {@link #join} makes of so many
     */
    static byte[][] split(byte[] array, int count) {
        byte[][] texts = new byte[count][];
        int at = 0;
        for (int i = 0; i < count; i++) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            // past the bracket or comma, and the quote
            at = read(array, at + 2, text) + 1;
            texts[i] = text.toByteArray();
        }
        // whatever else was passed over, such as a blank, is not in this
        if (count == 0 || !Arrays.equals(join(texts), array)) {
            throw new IllegalArgumentException("not a JSON array of " + count + " texts without blanks between them");
        }
        return texts;
    }

    /** Reads up to the quote that ends a text, or to the end, and tells where that is. */
    private static int read(byte[] array, int from, ByteArrayOutputStream text) {
        int at = from;
        while (at < array.length && array[at] != '"') {
            if (array[at] != '\\' || at + 1 == array.length) {
                text.write(array[at++]);
                continue;
            }
            byte letter = array[at + 1];
            at += 2;
            if (letter == 'u' && at + 4 <= array.length) {
                text.write(Character.digit(array[at + 2], 16) << 4 | Character.digit(array[at + 3], 16));
                at += 4;
            } else {
                int known = LETTERS.indexOf(letter);
                text.write(known < 0 ? letter : ESCAPED.charAt(known));
            }
        }
        return at;
    }
}
