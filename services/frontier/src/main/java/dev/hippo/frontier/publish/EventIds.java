// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** Makes event ids (UUID version 7: they sort by time) and trace parents. Thread-safe. */
final class EventIds {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private EventIds() {}

    /** A UUID of version 7 for that instant, as text. */
    static byte[] uuid(long millis) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (millis << 16) | 0x7000 | random.nextInt(0x1000);
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        byte[] text = new byte[36];
        hex(text, 0, high >>> 32, 8);
        text[8] = '-';
        hex(text, 9, high >>> 16, 4);
        text[13] = '-';
        hex(text, 14, high, 4);
        text[18] = '-';
        hex(text, 19, low >>> 48, 4);
        text[23] = '-';
        hex(text, 24, low, 12);
        return text;
    }

    /** The id of one event of a batch: {@code prefix-number}. */
    static byte[] numbered(byte[] prefix, int number) {
        int digits = 1;
        for (int rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        byte[] id = new byte[prefix.length + 1 + digits];
        System.arraycopy(prefix, 0, id, 0, prefix.length);
        id[prefix.length] = '-';
        int rest = number;
        for (int at = id.length - 1; at > prefix.length; at--) {
            id[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return id;
    }

    /** A new, sampled W3C trace parent. */
    static byte[] traceParent() {
        SplittableRandom random =
                new SplittableRandom(ThreadLocalRandom.current().nextLong());
        byte[] text = new byte[55];
        text[0] = '0';
        text[1] = '0';
        text[2] = '-';
        hex(text, 3, random.nextLong() | 1, 16);
        hex(text, 19, random.nextLong(), 16);
        text[35] = '-';
        hex(text, 36, random.nextLong() | 1, 16);
        text[52] = '-';
        text[53] = '0';
        text[54] = '1';
        return text;
    }

    private static void hex(byte[] text, int at, long value, int digits) {
        for (int i = digits - 1, shift = 0; i >= 0; i--, shift += 4) {
            text[at + i] = HEX[(int) (value >>> shift) & 15];
        }
    }
}
