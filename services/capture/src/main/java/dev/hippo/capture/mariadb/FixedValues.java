// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import com.github.shyiko.mysql.binlog.event.deserialization.json.JsonBinary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Values that the log holds in forms of their own: UUIDs, addresses, MySQL's JSON. */
final class FixedValues {
    /** Where each byte of a UUID's text lies when the server has turned the parts round. */
    private static final int[] TURNED = {12, 13, 14, 15, 10, 11, 8, 9, 6, 7, 0, 1, 2, 3, 4, 5};

    private static final int GROUPS = 8;

    private FixedValues() {}

    /** The bytes in the order of the text. MariaDB keeps UUIDs of versions 1 to 5 with the node first, so that they sort by time. */
    static byte[] uuid(byte[] stored) {
        boolean turned = stored[6] < 0 && stored[8] > 0 && stored[8] < 0x60;
        if (!turned) {
            return stored;
        }
        byte[] bytes = new byte[TURNED.length];
        for (int i = 0; i < TURNED.length; i++) {
            bytes[i] = stored[TURNED[i]];
        }
        return bytes;
    }

    /** An address as the server writes it: the longest run of zeros is left out, an IPv4 address at the end keeps its dots. */
    static byte[] address(byte[] stored) {
        String text = stored.length == 4 ? dotted(stored, 0) : groups(stored);
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String dotted(byte[] bytes, int from) {
        return (bytes[from] & 0xFF) + "." + (bytes[from + 1] & 0xFF) + "." + (bytes[from + 2] & 0xFF) + "."
                + (bytes[from + 3] & 0xFF);
    }

    private static String groups(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xFF) << 8 | (bytes[2 * i + 1] & 0xFF);
        }
        int gap = -1;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > gapLength) {
                gap = i;
                gapLength = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; ) {
            if (i == gap) {
                text.append("::");
                i += gapLength;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            boolean mapped = gap == 0 && (gapLength == 6 || (gapLength == 5 && groups[5] == 0xFFFF));
            if (i == 6 && mapped) {
                return text.append(dotted(bytes, 12)).toString();
            }
            text.append(Integer.toHexString(groups[i]));
            i++;
        }
        return text.toString();
    }

    /** MySQL's own form of JSON as text. */
    static byte[] json(byte[] row, int from, int length) {
        if (length == 0) {
            return "null".getBytes(StandardCharsets.US_ASCII);
        }
        try {
            return JsonBinary.parseAsString(Arrays.copyOfRange(row, from, from + length))
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
