// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.ByteString;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.change.v1.ChangeEvent;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Many subscribers of one topic of all changes, each with a filter of its own that leaves it its share: how fast all of them have been told. They and the broker are one process. Arguments:
 * subscribers (100), changes (200,000), bytes of an image (120).
 */
public final class SubscribersBench {
    private static final String TOPIC = "changes";
    private static final int WINDOW = 10;
    private static final int WINDOWS_AT_ONCE = 200;

    private final Map<String, Object> kafka;
    private final int changes;

    private SubscribersBench(Map<String, Object> kafka, int changes) {
        this.kafka = kafka;
        this.changes = changes;
    }

    public static void main(String[] args) throws Exception {
        int subscribers = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        int changes = args.length > 1 ? Integer.parseInt(args[1]) : 200_000;
        int bytes = args.length > 2 ? Integer.parseInt(args[2]) : 120;
        Path folder = Files.createTempDirectory("subscribers");
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
            Map<String, Object> kafka = new HashMap<>();
            kafka.put("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(kafka)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
                        .all()
                        .get();
            }
            SubscribersBench bench = new SubscribersBench(kafka, changes);
            bench.write(ByteString.copyFrom(new byte[bytes]));
            System.out.println(
                    "| subscribers | seconds | changes/s of the source | looked at/s by all | CPU us for each look |");
            System.out.println("| ---: | ---: | ---: | ---: | ---: |");
            for (int many : List.of(1, 10, subscribers, subscribers)) {
                bench.tell(many);
            }
        }
        System.exit(0);
    }

    private void write(ByteString image) {
        Map<String, Object> client = new HashMap<>(kafka);
        client.put("compression.type", "lz4");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int window = 0; window < changes / WINDOW; window++) {
                String[] keys = new String[WINDOW];
                for (int i = 0; i < WINDOW; i++) {
                    keys[i] = "key " + (window * WINDOW + i);
                }
                for (ChangeEvent change : Changes.rows(window + 1, keys)) {
                    producer.send(new ProducerRecord<>(
                            TOPIC,
                            change.toBuilder()
                                    .setAfter(image)
                                    .setBefore(image)
                                    .build()
                                    .toByteArray()));
                }
                if (window % WINDOWS_AT_ONCE == 0) {
                    producer.flush();
                }
            }
        }
    }

    private void tell(int subscribers) throws Exception {
        AtomicLong told = new AtomicLong();
        CountDownLatch all = new CountDownLatch(changes);
        List<ChangeClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        long begun = System.nanoTime();
        long cpu = cpuNanos();
        for (int i = 0; i < subscribers; i++) {
            ChangeConsumer counting = new ChangeConsumer() {
                @Override
                public CallbackResult onDataEvent(ChangeEvent change) {
                    told.incrementAndGet();
                    all.countDown();
                    return CallbackResult.SUCCESS;
                }
            };
            ChangeClient client = new ChangeClient(
                    kafka,
                    TOPIC,
                    subscribers + "-" + begun + "-" + i,
                    new FilteredConsumer(ChangeFilter.share(i, subscribers), counting),
                    Begin.OLDEST,
                    1);
            clients.add(client);
            Thread thread = new Thread(() -> run(client), "subscriber-" + i);
            threads.add(thread);
            thread.start();
        }
        all.await();
        long took = System.nanoTime() - begun;
        long used = cpuNanos() - cpu;
        clients.forEach(ChangeClient::close);
        for (Thread thread : threads) {
            thread.join();
        }
        if (told.get() != changes) {
            throw new IllegalStateException("told " + told + " of " + changes);
        }
        double seconds = took / (double) TimeUnit.SECONDS.toNanos(1);
        System.out.printf(
                Locale.ROOT,
                "| %d | %.1f | %,.0f | %,.0f | %.2f |%n",
                subscribers,
                seconds,
                changes / seconds,
                (double) changes * subscribers / seconds,
                used / 1_000.0 / ((double) changes * subscribers));
    }

    private static void run(ChangeClient client) {
        try {
            client.run();
        } catch (ChangesGoneException | BrokenSequenceException | ConsumptionFailedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
