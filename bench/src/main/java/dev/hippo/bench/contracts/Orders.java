// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.contracts;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** The benchmark's events, encoded before the clock runs. Not thread-safe. */
final class Orders {
    private final Random random;

    Orders(Random random) {
        this.random = random;
    }

    /** So many events; one in {@code invalidEach} breaks a rule, none if that is 0. */
    List<byte[]> make(int count, boolean baskets, int invalidEach) {
        List<byte[]> events = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            byte[] order = order(invalidEach == 0 || i % invalidEach != 0);
            events.add(baskets ? basket(order) : order);
        }
        return events;
    }

    private byte[] basket(byte[] order) {
        return encoded(out -> {
            out.writeByteArray(1, order);
            for (int i = 0; i < 5; i++) {
                int article = random.nextInt(100_000);
                out.writeByteArray(2, encoded(line -> {
                    line.writeString(1, "article-" + article);
                    line.writeUInt32(2, 1 + article % 20);
                }));
            }
        });
    }

    private byte[] order(boolean valid) {
        return encoded(out -> {
            out.writeString(1, new UUID(random.nextLong(), random.nextLong()).toString());
            out.writeString(2, "tenant-" + (100 + random.nextInt(900)));
            out.writeInt64(3, valid ? 1 + random.nextInt(1_000_000) : -1);
            out.writeEnum(4, 1 + random.nextInt(2));
            out.writeString(5, "CH");
            out.writeByteArray(6, encoded(time -> time.writeInt64(1, 1_790_000_000L + random.nextInt(1_000_000))));
            label(out, "shop", "s" + random.nextInt(90));
            label(out, "till", "4");
            label(out, "app", "web");
            out.writeString(
                    8,
                    "thanks for order " + (100_000 + random.nextInt(900_000))
                            + ", see you again soon, and take good care of it until then");
        });
    }

    private static void label(CodedOutputStream out, String key, String value) throws IOException {
        out.writeByteArray(7, encoded(entry -> {
            entry.writeString(1, key);
            entry.writeString(2, value);
        }));
    }

    /** Writes the fields of one message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] encoded(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
