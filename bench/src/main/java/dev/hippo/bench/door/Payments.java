// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.door;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** The benchmark's events, encoded before the clock runs. */
final class Payments {
    private static final int COUNT = 20_000;

    private Payments() {}

    /**
     * One event.
     *
     * @param key what the door will read as the record key
     * @param value the encoded message
     * @param json the same as JSON
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Payment(byte[] key, byte[] value, String json) {}

    static List<Payment> make() {
        Random random = new Random(7);
        return Stream.generate(() -> payment(random)).limit(COUNT).toList();
    }

    private static Payment payment(Random random) {
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        String tenant = "tenant-" + random.nextInt(500);
        long cents = random.nextInt(1_000_000);
        long at = 1_790_000_000_000L + random.nextInt(1_000_000);
        Map<String, String> labels = new TreeMap<>(Map.of("shop", "s" + random.nextInt(90), "till", "4", "app", "web"));
        String note = "thanks for order " + random.nextInt(1_000_000) + ", see you again";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeString(1, id);
            out.writeString(2, tenant);
            out.writeInt64(3, cents);
            out.writeEnum(4, 1);
            out.writeString(5, "CH");
            out.writeInt64(6, at);
            for (Map.Entry<String, String> label : labels.entrySet()) {
                int size = CodedOutputStream.computeStringSize(1, label.getKey())
                        + CodedOutputStream.computeStringSize(2, label.getValue());
                out.writeTag(7, 2);
                out.writeUInt32NoTag(size);
                out.writeString(1, label.getKey());
                out.writeString(2, label.getValue());
            }
            out.writeString(8, note);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String json = "{\"payment_id\":\"" + id + "\",\"tenant\":\"" + tenant + "\",\"cents\":" + cents
                + ",\"currency\":\"EUR\",\"country\":\"CH\",\"at_millis\":" + at + ",\"labels\":{\"shop\":\""
                + labels.get("shop") + "\",\"till\":\"4\",\"app\":\"web\"},\"note\":\"" + note + "\"}";
        return new Payment(id.getBytes(StandardCharsets.UTF_8), bytes.toByteArray(), json);
    }
}
