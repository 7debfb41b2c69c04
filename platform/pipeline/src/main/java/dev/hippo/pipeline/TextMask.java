// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a text is told.
 *
 * @param kept characters at the beginning or the end that stay, 1 to 99; 0 for the kinds that keep none
 */
public record TextMask(Kind kind, int kept) {
    /** What becomes of a text. */
    public enum Kind {
        /** A hash of it, with a secret: the same text has the same, and nobody reads the text from it. */
        HASH,
        /** Three stars, whatever it is. */
        HIDE,
        /** Its first characters, and a star for each other. */
        FIRST,
        /** Its last characters, and a star for each other. */
        LAST
    }

    private static final Pattern PART = Pattern.compile("(first|last)\\s+([1-9]\\d?)");

    /**
     * Reads a mask.
     *
     * @throws IllegalArgumentException if it is none, with what to write
     */
    public static TextMask of(String text) {
        String words = text.strip();
        if (words.equals("hash")) {
            return new TextMask(Kind.HASH, 0);
        }
        if (words.equals("hide")) {
            return new TextMask(Kind.HIDE, 0);
        }
        Matcher part = PART.matcher(words);
        if (!part.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no mask; write hash, hide, first 3 or last 4");
        }
        return new TextMask(part.group(1).equals("first") ? Kind.FIRST : Kind.LAST, Integer.parseInt(part.group(2)));
    }
}
