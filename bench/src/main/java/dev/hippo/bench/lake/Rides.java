// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.lake;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.hippo.contracts.Contract;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills the topic with rides: ids that differ, places that repeat. */
final class Rides {
    private static final int DIFFERENT = 200_000;

    private Rides() {}

    /** Sends so many; answers their bytes. */
    static long send(Map<String, Object> client, String topic, Contract contract, long count) {
        Descriptor ride = contract.descriptor();
        Random random = new Random(5);
        DynamicMessage[] places = new DynamicMessage[500];
        Descriptor stop = ride.findFieldByName("from").getMessageType();
        for (int i = 0; i < places.length; i++) {
            places[i] = DynamicMessage.newBuilder(stop)
                    .setField(stop.findFieldByName("name"), "Stop number " + i)
                    .setField(stop.findFieldByName("latitude"), 50 + random.nextDouble())
                    .setField(stop.findFieldByName("longitude"), 8 + random.nextDouble())
                    .build();
        }
        // the rest of a ride repeats; its id is written into the bytes
        byte[][] rides = new byte[DIFFERENT][];
        for (int i = 0; i < DIFFERENT; i++) {
            rides[i] = ride(ride, random, places, i).toByteArray();
        }
        client.put("linger.ms", 5);
        client.put("batch.size", 256 << 10);
        client.put("compression.type", "lz4");
        long bytes = 0;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; i < count; i++) {
                byte[] event = rides[(int) (i % DIFFERENT)].clone();
                byte[] id = new UUID(random.nextLong(), i).toString().getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(id, 0, event, 2, id.length);
                producer.send(new ProducerRecord<>(topic, id, event));
                bytes += event.length;
            }
        }
        return bytes;
    }

    private static DynamicMessage ride(Descriptor ride, Random random, DynamicMessage[] places, int i) {
        Descriptor time = ride.findFieldByName("began_at").getMessageType();
        return DynamicMessage.newBuilder(ride)
                .setField(ride.findFieldByName("ride_id"), new UUID(0, 0).toString())
                .setField(
                        ride.findFieldByName("began_at"),
                        DynamicMessage.newBuilder(time)
                                .setField(time.findFieldByNumber(1), 1_700_000_000L + i / 20)
                                .build())
                .setField(ride.findFieldByName("delay_seconds"), random.nextInt(600) - 60)
                .setField(ride.findFieldByName("metres"), random.nextInt(40_000))
                .setField(ride.findFieldByName("cents"), (long) random.nextInt(9_000))
                .setField(
                        ride.findFieldByName("tariff"),
                        ride.findFieldByName("tariff").getEnumType().findValueByNumber(1 + random.nextInt(2)))
                .setField(ride.findFieldByName("shared"), random.nextBoolean())
                .setField(ride.findFieldByName("from"), places[random.nextInt(places.length)])
                .setField(ride.findFieldByName("to"), places[random.nextInt(places.length)])
                .build();
    }
}
