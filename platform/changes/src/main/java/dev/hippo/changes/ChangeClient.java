// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.changes.WindowDelivery.Outcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes a topic of all changes for a group: of the clients of one group one is told of the changes and the others stand by. The check point is kept in Kafka as the group's offset, after
 * the consumer has taken it, so that after a death at most the open window is told again. {@link #run} is called by one thread; {@link #close}, {@link #position} and {@link #lag} may be
 * called by any.
 */
public final class ChangeClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChangeClient.class);
    /** The ends of transactions have places too. */
    private static final int STEP_BACK = 10;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final TopicPartition partition;
    private final ChangeConsumer changes;
    private final Begin begin;
    private final int attempts;
    private final KafkaConsumer<byte[], byte[]> kafka;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ClientProgress progress = new ClientProgress(InstantSource.system());
    private @Nullable WindowDelivery delivery;
    /** Where the last check point is, in the topic. */
    private long resume;
    /** Whether what comes is passed over until a window begins. */
    private boolean seeksWindow;

    /** Behind the last window that was taken. */
    private long behindWindow;

    private int failures;

    /**
     * Prepares a client.
     *
     * @param client how to reach Kafka, by Kafka's names: at least {@code bootstrap.servers}
     * @param begin where a group begins that is new
     * @param attempts how often changes are told that are not taken, before the consumption ends; at least 1
     */
    public ChangeClient(
            Map<String, Object> client, String topic, String group, ChangeConsumer changes, Begin begin, int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts is " + attempts + " and must be at least 1");
        }
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("group.id", group);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        // never by itself: what is gone is told
        settings.put("auto.offset.reset", "none");
        settings.put("allow.auto.create.topics", false);
        this.partition = new TopicPartition(topic, 0);
        this.changes = changes;
        this.begin = begin;
        this.attempts = attempts;
        this.kafka = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Tells of changes until {@link #close}.
     *
     * @throws ChangesGoneException if the topic does not reach back to the check point, or to the snapshot, and {@link Begin#WHOLE} is asked for
     * @throws BrokenSequenceException if the topic does not tell whole windows in order
     * @throws ConsumptionFailedException if changes were not taken, as often as they were told
     */
    public void run() throws ChangesGoneException, BrokenSequenceException, ConsumptionFailedException {
        try (kafka) {
            if (changes.onStartConsumption() == CallbackResult.ERROR_FATAL) {
                throw new ConsumptionFailedException("the consumer did not start", null);
            }
            kafka.subscribe(List.of(partition.topic()), new Ownership());
            consume();
        } catch (ChangesGoneException | BrokenSequenceException | ConsumptionFailedException | RuntimeException e) {
            changes.onError(e);
            throw e;
        } finally {
            changes.onStopConsumption();
        }
    }

    private void consume() throws ChangesGoneException, BrokenSequenceException, ConsumptionFailedException {
        while (closing.getCount() > 0) {
            try {
                ConsumerRecords<byte[], byte[]> records = kafka.poll(POLL);
                look(records.isEmpty());
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (closing.getCount() == 0 || !take(record)) {
                        break;
                    }
                }
                WindowDelivery idle = delivery;
                if (idle != null && records.isEmpty()) {
                    follow(idle.idle(), behindWindow, idle);
                }
                if (delivery == null && kafka.assignment().contains(partition)) {
                    open();
                }
            } catch (OffsetOutOfRangeException e) {
                // retention has overtaken us: told, or passed over, as on the way in
                delivery = null;
                progress.endsHere();
            } catch (WakeupException e) {
                log.debug("Woken to end");
            }
        }
    }

    /** Writes down where the topic ends, of which the last answer of Kafka told: nothing is asked for it. */
    private void look(boolean nothingWaits) {
        if (delivery == null || !kafka.assignment().contains(partition)) {
            return;
        }
        long next = kafka.position(partition);
        if (nothingWaits) {
            // behind the mark of a transaction too
            progress.toldTo(next);
        }
        kafka.currentLag(partition).ifPresent(behind -> progress.sees(next + behind));
    }

    /** The partition is ours now: goes to where the group has come to. */
    private void open() throws ChangesGoneException {
        OffsetAndMetadata kept = kafka.committed(Set.of(partition)).get(partition);
        long oldest = kafka.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        // without metadata somebody has moved the group with Kafka's tools
        Scn from = kept == null || kept.metadata().isEmpty() ? Scn.NONE : Scn.parse(kept.metadata());
        resume = kept == null ? 0 : kept.offset();
        seeksWindow = false;
        if (resume < oldest) {
            if (begin == Begin.WHOLE) {
                throw new ChangesGoneException(
                        "topic " + partition.topic() + " begins at offset " + oldest
                                + ", and this group has come to " + resume
                                + " (" + (kept == null ? "it is new" : "SCN " + from)
                                + "); let the capture take a new snapshot, or begin with what is there (OLDEST) or comes (LATEST)");
            }
            resume = oldest;
            seeksWindow = true;
        }
        if (kept == null && begin == Begin.LATEST) {
            resume = kafka.endOffsets(List.of(partition)).getOrDefault(partition, oldest);
            seeksWindow = true;
        }
        delivery = new WindowDelivery(changes, from);
        progress.begins(new Checkpoint(resume, from, ""));
        // the change before may have been sent again
        kafka.seek(partition, seeksWindow ? resume : Math.max(oldest, resume - STEP_BACK));
        kafka.resume(List.of(partition));
        log.info("Consumes topic={} from offset={} scn={}", partition.topic(), resume, from);
    }

    /** Whether the next record may be told. */
    private boolean take(ConsumerRecord<byte[], byte[]> record)
            throws BrokenSequenceException, ConsumptionFailedException {
        WindowDelivery to = delivery;
        if (to == null) {
            return false;
        }
        if (record.offset() < resume) {
            to.toldBefore(toldBefore(record));
            return true;
        }
        ChangeEvent change;
        try {
            change = ChangeEvent.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new BrokenSequenceException(
                    "the record at " + partition + "/" + record.offset() + " is no change: " + e.getMessage());
        }
        if (seeksWindow && change.getTransaction().getIndex() != 0) {
            return true;
        }
        seeksWindow = false;
        Outcome outcome = to.tell(change);
        if (outcome == Outcome.TAKEN || outcome == Outcome.CHECKPOINT) {
            progress.took(change);
            progress.toldTo(record.offset() + 1);
        }
        if (outcome == Outcome.TAKEN && change.getTransaction().hasEnd()) {
            behindWindow = record.offset() + 1;
        }
        return follow(outcome, record.offset() + 1, to);
    }

    /** A change that is behind us; null for what is none, which no longer matters. */
    private static @Nullable ChangeEvent toldBefore(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null ? null : ChangeEvent.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /** Does what a call-back has asked for; gives whether the next record may be told. */
    private boolean follow(Outcome outcome, long behind, WindowDelivery to) throws ConsumptionFailedException {
        if (outcome == Outcome.CHECKPOINT) {
            keep(behind, to);
        } else if (outcome == Outcome.FATAL) {
            throw new ConsumptionFailedException("the consumer cannot go on" + at(behind - 1), to.reason());
        } else if (outcome == Outcome.ROLLBACK) {
            rollBack(behind - 1, to);
            return false;
        }
        return delivery == to;
    }

    private String at(long offset) {
        return ", at " + partition.topic() + "/" + partition.partition() + "/" + offset;
    }

    private void keep(long offset, WindowDelivery taken) {
        resume = offset;
        failures = 0;
        progress.keeps(new Checkpoint(offset, taken.checkpoint(), taken.transaction()));
        OffsetAndMetadata kept =
                new OffsetAndMetadata(offset, taken.checkpoint().toString());
        try {
            try {
                kafka.commitSync(Map.of(partition, kept));
            } catch (WakeupException e) {
                // close() came in between; the window was taken, and so it is kept
                kafka.commitSync(Map.of(partition, kept));
            }
        } catch (CommitFailedException | RebalanceInProgressException e) {
            // the next owner tells this window again
            log.warn("The check point at {} was not kept: {}", offset, e.getMessage());
        }
    }

    private void rollBack(long offset, WindowDelivery to) throws ConsumptionFailedException {
        failures++;
        Throwable reason = to.reason();
        if (failures >= attempts) {
            throw new ConsumptionFailedException(
                    "the consumer did not take a change in " + attempts + " attempts" + at(offset), reason);
        }
        if (to.rollback() == Outcome.FATAL) {
            throw new ConsumptionFailedException("the consumer cannot go back" + at(offset), to.reason());
        }
        pause();
        kafka.seek(partition, resume);
        progress.toldTo(resume);
    }

    /** Longer after each failure. The group waits meanwhile, for it has to be told the same. */
    private void pause() {
        long millis = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures - 1, 20));
        try {
            if (closing.await(millis, TimeUnit.MILLISECONDS)) {
                log.debug("Asked to end while waiting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }

    /** The last check point; empty while another client of the group is told, or none is. */
    public Optional<Checkpoint> position() {
        return progress.checkpoint();
    }

    /** How far the consumer is behind; empty while another client of the group is told, or Kafka has not said yet where the topic ends. */
    public Optional<ConsumerLag> lag() {
        return progress.lag();
    }

    /** Ends {@link #run} after the call-back that is under way. */
    @Override
    public void close() {
        closing.countDown();
        kafka.wakeup();
    }

    private final class Ownership implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.contains(partition)) {
                // nothing is read before it is known from where
                kafka.pause(List.of(partition));
                kafka.seek(partition, 0);
                delivery = null;
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            WindowDelivery open = delivery;
            if (partitions.contains(partition) && open != null) {
                open.rollback();
                delivery = null;
                progress.endsHere();
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            onPartitionsRevoked(partitions);
        }
    }
}
