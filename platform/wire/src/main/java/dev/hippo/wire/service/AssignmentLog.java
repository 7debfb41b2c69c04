// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.service;

import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Reads the assignments of one pipeline, from the first on. Not thread-safe. */
public final class AssignmentLog implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final String pipeline;
    private final TopicReader reader;
    private long last;

    /** The topic is no longer the one that epochs were given out from: they begin again, and a later one is no longer the higher one. */
    public static final class Remade extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Says what to do. */
        public Remade(String pipeline, String evidence) {
            super("topic '" + ControlTopics.SERVICES + "' was deleted and made anew, or has lost records: " + evidence
                    + ". Epochs begin again, so nothing that was started before may go on beside what is started now:"
                    + " stop every agent of pipeline '" + pipeline
                    + "' ('hippo down' on each host), then start them again");
        }
    }

    private AssignmentLog(String pipeline, TopicReader reader) {
        this.pipeline = pipeline;
        this.reader = reader;
        this.last = -1;
    }

    /**
     * Opens the log at its beginning.
     *
     * @throws KafkaUnavailable if Kafka does not answer within 10 s, or the topic is not there
     */
    public static AssignmentLog open(KafkaConnection kafka, String clientId, String pipeline) throws KafkaUnavailable {
        return open(kafka, clientId, pipeline, -1);
    }

    /**
     * Opens the log at its beginning.
     *
     * @param known an epoch that the log has given out; -1 for none
     * @throws KafkaUnavailable if Kafka does not answer within 10 s, or the topic is not there
     * @throws Remade if the log ends before that epoch
     */
    public static AssignmentLog open(KafkaConnection kafka, String clientId, String pipeline, long known)
            throws KafkaUnavailable {
        TopicReader reader = TopicReader.open(kafka, clientId, ControlTopics.SERVICES);
        try {
            int partitions = reader.beginnings().size();
            if (partitions != 1) {
                reader.close();
                throw new KafkaUnavailable(
                        "topic '" + ControlTopics.SERVICES + "' has " + partitions
                                + " partitions and must have one, or epochs would have no order; stop everything, delete the"
                                + " topic, start again",
                        null);
            }
            reader.start(Long.MAX_VALUE);
            long end = reader.ends().values().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
            if (end <= known) {
                throw new Remade(pipeline, "it ends at offset " + end + ", and epoch " + known + " was given out");
            }
        } catch (KafkaException e) {
            reader.close();
            throw new KafkaUnavailable(
                    "topic '" + ControlTopics.SERVICES + "' cannot be read: " + e.getMessage() + "; does Kafka run?",
                    e);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
        return new AssignmentLog(pipeline, reader);
    }

    /**
     * The next assignments of the pipeline, in the order of their epochs; waits so long at most. What is no assignment is passed over: whoever wrote it meant
     * something else.
     *
     * @throws Remade if offsets have gone back
     */
    public List<Assignment> poll(Duration wait) {
        List<Assignment> next = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(wait)) {
            if (record.offset() <= last) {
                throw new Remade(pipeline, "after offset " + last + " came offset " + record.offset());
            }
            last = record.offset();
            try {
                Assignment assignment = Assignment.of(record);
                if (assignment.pipeline().equals(pipeline)) {
                    next.add(assignment);
                }
            } catch (IOException e) {
                // not of ours
            }
        }
        return next;
    }

    /** Whether everything has been read that was there when the log was opened. */
    public boolean atEnd() {
        return reader.atEnd();
    }

    /** The offset of the last record that was read; -1 before the first. */
    public long last() {
        return last;
    }

    @Override
    public void close() {
        reader.close();
    }

    /**
     * Writes assignments; returns them with their epochs when Kafka has them.
     *
     * @throws KafkaUnavailable if Kafka did not say that it has them all within 10 s; it may have some or all the same
     */
    public static List<Assignment> write(KafkaConnection kafka, String clientId, List<Assignment> assignments)
            throws KafkaUnavailable {
        if (assignments.isEmpty()) {
            return List.of();
        }
        Map<String, Object> client = kafka.clientProperties(clientId);
        client.put("acks", "all");
        client.put("max.block.ms", PATIENCE_MILLIS);
        client.put("delivery.timeout.ms", PATIENCE_MILLIS);
        client.put("request.timeout.ms", PATIENCE_MILLIS / 2);
        client.put("linger.ms", 0);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Assignment assignment : assignments) {
                sent.add(producer.send(new ProducerRecord<>(
                        ControlTopics.SERVICES,
                        Assignment.key(assignment.pipeline(), assignment.service()),
                        assignment.toBytes())));
            }
            List<Assignment> written = new ArrayList<>();
            for (int i = 0; i < sent.size(); i++) {
                written.add(assignments.get(i).at(sent.get(i).get().offset()));
            }
            return written;
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaUnavailable("Kafka did not take what shall run where: " + cause.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while saying what shall run where", e);
        } finally {
            producer.close(Duration.ofSeconds(1));
        }
    }
}
