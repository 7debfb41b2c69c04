// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.flink;

import com.google.protobuf.Timestamp;
import dev.hippo.bench.flink.proto.Sale;
import dev.hippo.wire.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The events of the benchmark: a hundred a second of event time, in order. */
final class Sales {
    private static final String TOPIC = "sales";
    private static final long BEGIN = 1_700_000_400; // of a window of ten minutes, in epoch seconds
    private static final long WINDOW_SECONDS = 600;
    private static final int PARTITIONS = 4;

    private Sales() {}

    /** Fills the topic; answers how many results each topic of results will get. */
    static Map<String, Long> fill(KafkaConnection kafka, long count) {
        Map<String, Object> client = kafka.clientProperties("fill");
        client.put("linger.ms", 5);
        client.put("batch.size", 256 << 10);
        client.put("compression.type", "lz4");
        Random random = new Random(5);
        long cheap = 0;
        Set<String> counted = new HashSet<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; i < count; i++) {
                int cents = random.nextInt(10_000);
                String product = "product number " + random.nextInt(500);
                long second = i / 100;
                Sale sale = sale("sale-" + i, product, cents, BEGIN + second, random);
                producer.send(new ProducerRecord<>(TOPIC, bytes(sale.getSaleId()), sale.toByteArray()));
                cheap += cents < 500 ? 1 : 0;
                counted.add(product + '|' + second / WINDOW_SECONDS);
            }
            // one in every partition, so that every window ends; their own window does not
            for (int partition = 0; partition < PARTITIONS; partition++) {
                Sale end = sale("end-" + partition, "end", 10_000, BEGIN + count, random);
                producer.send(new ProducerRecord<>(TOPIC, partition, bytes(end.getSaleId()), end.toByteArray()));
            }
        }
        return Map.of("cheap", cheap, "counted", (long) counted.size());
    }

    private static Sale sale(String id, String product, int cents, long second, Random random) {
        return Sale.newBuilder()
                .setSaleId(id)
                .setProduct(product)
                .setCents(cents)
                .setWeight(random.nextDouble())
                .setAt(Timestamp.newBuilder().setSeconds(second))
                .setShop("shop number " + random.nextInt(50))
                .setOnline(random.nextBoolean())
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
