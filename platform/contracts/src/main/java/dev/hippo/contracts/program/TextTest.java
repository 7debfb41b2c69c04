// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import dev.hippo.contracts.pattern.BytePattern;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules on a string or bytes field, on its bytes: UTF-8 finds, begins and ends as its text does, and is equal when the text is. Thread-safe.
 *
 * @param minPoints the least number of code points; 0 for bytes
 * @param patterns each must match the whole
 * @param sizes the byte sizes that are right; empty for any
 */
record TextTest(
        boolean utf8,
        long minPoints,
        long maxPoints,
        long minBytes,
        long maxBytes,
        List<byte[]> in,
        List<byte[]> notIn,
        byte[] prefix,
        byte[] suffix,
        byte[] contains,
        byte @Nullable [] lacks,
        List<BytePattern> patterns,
        List<Integer> sizes) {
    private static final byte[] NONE = {};

    /** A string or bytes field without rules. */
    static TextTest any(boolean utf8) {
        return new TextTest(
                utf8,
                0,
                Long.MAX_VALUE,
                0,
                Long.MAX_VALUE,
                List.of(),
                List.of(),
                NONE,
                NONE,
                NONE,
                null,
                List.of(),
                List.of());
    }

    boolean passes(byte[] bytes, int from, int end) {
        int size = end - from;
        int points = utf8 ? Wire.codePoints(bytes, from, end) : size;
        return points >= minPoints
                && points >= 0
                && points <= maxPoints
                && size >= minBytes
                && size <= maxBytes
                && startsWith(bytes, from, end, prefix)
                && endsWith(bytes, from, end, suffix)
                && (contains.length == 0 || contains(bytes, from, end, contains))
                && (lacks == null || !contains(bytes, from, end, lacks))
                && (in.isEmpty() || listed(in, bytes, from, end))
                && (notIn.isEmpty() || !listed(notIn, bytes, from, end))
                && (sizes.isEmpty() || sizes.contains(size))
                && matches(bytes, from, end);
    }

    private boolean matches(byte[] bytes, int from, int end) {
        for (int i = 0; i < patterns.size(); i++) {
            if (!patterns.get(i).matches(bytes, from, end)) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWith(byte[] bytes, int from, int end, byte[] prefix) {
        return prefix.length == 0
                || (prefix.length <= end - from
                        && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length));
    }

    private static boolean endsWith(byte[] bytes, int from, int end, byte[] suffix) {
        return suffix.length == 0
                || (suffix.length <= end - from
                        && Arrays.equals(bytes, end - suffix.length, end, suffix, 0, suffix.length));
    }

    private static boolean contains(byte[] bytes, int from, int end, byte[] part) {
        for (int at = from; at + part.length <= end; at++) {
            if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean listed(List<byte[]> list, byte[] bytes, int from, int end) {
        for (int i = 0; i < list.size(); i++) {
            byte[] each = list.get(i);
            if (Arrays.equals(bytes, from, end, each, 0, each.length)) {
                return true;
            }
        }
        return false;
    }
}
