// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.query;

import com.google.protobuf.CodedOutputStream;
import dev.hippo.wire.KafkaConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of made-up flights, with the headers that the door gives them. */
final class FlightTopic {
    private FlightTopic() {}

    static void fill(KafkaConnection kafka, int records) throws IOException {
        Map<String, Object> client = kafka.clientProperties("query-bench");
        client.put("linger.ms", 20);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                byte[] id = ("F" + i).getBytes(StandardCharsets.UTF_8);
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("departures", id, flight(i));
                record.headers()
                        .add("ce_id", id)
                        .add("ce_type", "bench.v1.Flight".getBytes(StandardCharsets.UTF_8))
                        .add("ce_time", "2001-01-01T00:00:00Z".getBytes(StandardCharsets.UTF_8));
                producer.send(record);
            }
        }
    }

    private static byte[] flight(int i) throws IOException {
        ByteArrayOutputStream time = new ByteArrayOutputStream();
        CodedOutputStream timestamp = CodedOutputStream.newInstance(time);
        timestamp.writeInt64(1, 978_307_200L + i * 5L);
        timestamp.flush();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, "F" + i);
        out.writeByteArray(2, time.toByteArray());
        out.writeSInt32(3, i % 200 - 30);
        out.writeUInt32(4, 100 + i % 2_500);
        out.writeString(5, "A" + i % 300);
        out.writeString(6, "A" + i % 299);
        out.flush();
        return bytes.toByteArray();
    }
}
