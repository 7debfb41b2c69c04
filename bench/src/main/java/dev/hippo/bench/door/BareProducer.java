// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.door;

import dev.hippo.bench.door.Payments.Payment;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The limit: a KafkaProducer with the door's settings in the client's own process, no door. */
final class BareProducer implements Shape {
    private static final int WINDOW = 20_000;

    private final String name;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Payment> payments;
    private final boolean headers;
    private int next;

    private BareProducer(String name, KafkaConnection kafka, List<Payment> payments, boolean headers) {
        this.name = name;
        this.payments = payments;
        this.headers = headers;
        Map<String, Object> settings = kafka.clientProperties("bare");
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", 5);
        settings.put("batch.size", 64 << 10);
        settings.put("buffer.memory", 160L << 20);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Key and value only. */
    static BareProducer plain(KafkaConnection kafka, List<Payment> payments) {
        return new BareProducer("bare KafkaProducer", kafka, payments, false);
    }

    /** With the headers that the door writes. */
    static BareProducer withHeaders(KafkaConnection kafka, List<Payment> payments) {
        return new BareProducer("bare KafkaProducer, the door's headers", kafka, payments, true);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Measured.Result run(Duration time) throws InterruptedException {
        Measured measured = new Measured(WINDOW, time);
        while (measured.next()) {
            Payment payment = payments.get(next++ % payments.size());
            long begun = System.nanoTime();
            ProducerRecord<byte[], byte[]> record = headers
                    ? new ProducerRecord<>("ruled", null, null, payment.key(), payment.value(), headersOf(payment))
                    : new ProducerRecord<>("ruled", payment.key(), payment.value());
            producer.send(
                    record,
                    (metadata, failure) -> measured.answered(begun, failure == null ? 1 : 0, failure == null ? 0 : 1));
        }
        return measured.result();
    }

    private static List<Header> headersOf(Payment payment) {
        List<Header> all = new ArrayList<>(7);
        all.add(new RecordHeader(EventHeaders.ID, payment.key()));
        all.addAll(SHARED);
        return all;
    }

    private static final List<Header> SHARED = List.of(
            header(EventHeaders.SOURCE, "hippo/door-bench/gate"),
            header(EventHeaders.TYPE, "bench.v1.Payment"),
            header(EventHeaders.TIME, "2026-11-21T06:00:00.123456789Z"),
            header(EventHeaders.SPEC_VERSION, "1.0"),
            header(EventHeaders.CONTENT_TYPE, "application/protobuf"),
            header(EventHeaders.TRACE_PARENT, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        producer.close();
    }
}
