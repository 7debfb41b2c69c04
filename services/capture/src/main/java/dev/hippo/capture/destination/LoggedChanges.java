// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each record of its topics as a line of the hippo's log. How far that is, its consumer group is told when the lines are written: after a death the last ones may be written again, and
 * none is missing.
 */
public final class LoggedChanges implements HippoService {
    private static final Logger log = LoggerFactory.getLogger(LoggedChanges.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long STOP_SECONDS = 10;

    private final HippoContext context;
    private final Consumer<String> to;
    private final ChangeLines lines;
    private volatile boolean stopped;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable Thread thread;

    public LoggedChanges(HippoContext context) {
        this(context, log::info);
    }

    LoggedChanges(HippoContext context, Consumer<String> to) {
        this.context = context;
        this.to = to;
        this.lines = new ChangeLines(context.pipeline(), context.contracts());
    }

    @Override
    public void start() {
        var client = context.kafka().clientProperties("log-" + context.hippo().name());
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "earliest");
        client.put("allow.auto.create.topics", false);
        client.put("group.id", context.pipeline().name() + "." + context.hippo().name());
        KafkaConsumer<byte[], byte[]> opened =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer = opened;
        opened.subscribe(context.hippo().subscribe());
        Thread running = new Thread(() -> run(opened), "log");
        thread = running;
        running.start();
    }

    private void run(KafkaConsumer<byte[], byte[]> from) {
        try (from) {
            while (!stopped) {
                step(from);
            }
        } catch (WakeupException e) {
            log.debug("Woken up to stop");
        } catch (Throwable e) {
            // an error too: a process without its writer must not look alive
            context.fail(e);
        }
    }

    private void step(KafkaConsumer<byte[], byte[]> from) {
        ConsumerRecords<byte[], byte[]> records = from.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            to.accept(lines.line(record));
        }
        if (!records.isEmpty()) {
            context.progress().in(records.count());
            try {
                from.commitSync();
            } catch (RetriableException e) {
                log.warn(
                        "Kafka does not take how far the log is; a next process may write lines again: {}",
                        e.getMessage());
            }
            context.progress().out(records.count());
        }
        long lag = 0;
        StringBuilder position = new StringBuilder();
        for (TopicPartition partition : from.assignment()) {
            lag += from.currentLag(partition).orElse(0);
            position.append(position.isEmpty() ? "" : " ").append(partition.topic());
            position.append('/').append(partition.partition()).append('@').append(from.position(partition));
        }
        context.progress().lag(lag);
        context.progress().position(position.toString());
    }

    @Override
    public void stop() throws InterruptedException {
        stopped = true;
        KafkaConsumer<byte[], byte[]> reading = consumer;
        Thread running = thread;
        if (reading != null) {
            reading.wakeup();
        }
        if (running != null) {
            running.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        }
    }
}
