// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Event ids of one writer: a random part that is drawn once, and a number. A random id per event would cost more than the event. Not thread-safe. */
final class EventIds {
    private final byte[] writer;
    private long last;

    EventIds() {
        writer = (UUID.randomUUID() + "-").getBytes(StandardCharsets.UTF_8);
    }

    byte[] next() {
        long number = ++last;
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        byte[] id = Arrays.copyOf(writer, writer.length + digits);
        long rest = number;
        for (int at = id.length - 1; at >= writer.length; at--) {
            id[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return id;
    }
}
