// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes changes side by side: those of one row one after the other in their order, those of different rows in parallel lanes. What is given up is the order across rows, and with it
 * whole transactions. Lanes that are full hold the client up. A change that is not taken parks its row with everything that follows for it, and only that row; it is looked after
 * by {@link #replay} or {@link #discard}. A check point is taken when all lanes have taken or parked what came before, about once a second and when nothing more comes. Give it to
 * a {@link ChangeClient}; its own call-backs are that client's.
 */
public final class KeyLanes implements ChangeConsumer, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeyLanes.class);
    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);

    private final ParkedChanges parked;
    private final List<Lane> lanes = new ArrayList<>();
    private long checkpointAt = System.nanoTime();
    /** Whether another client may have parked rows since these were read. */
    private boolean stale = true;

    /**
     * Opens lanes.
     *
     * @param lanes how many changes are taken at a time, at least 1
     * @param attempts how often a change is told before its row is parked, at least 1
     */
    public KeyLanes(RowHandler handler, ParkedChanges parked, int lanes, int attempts) {
        if (lanes < 1 || attempts < 1) {
            throw new IllegalArgumentException(
                    "lanes is " + lanes + ", attempts is " + attempts + ", and both must be at least 1");
        }
        this.parked = parked;
        for (int i = 0; i < lanes; i++) {
            this.lanes.add(new Lane("lane-" + i, handler, parked, attempts));
        }
    }

    private Lane lane(RowKey key) {
        return lanes.get(Math.floorMod(key.hashCode(), lanes.size()));
    }

    @Override
    public CallbackResult onStartDataEventSequence(Scn after) {
        if (stale) {
            parked.load();
            stale = false;
        }
        return CallbackResult.SUCCESS;
    }

    @Override
    public CallbackResult onDataEvent(ChangeEvent change) {
        try {
            if (change.getOp() == Op.TRUNCATE) {
                // of all rows of its table: after all that came before, and before all that comes
                drain();
                lane(RowKey.of(change)).put(change);
                drain();
            } else {
                lane(RowKey.of(change)).put(change);
            }
            return CallbackResult.SUCCESS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CallbackResult.ERROR_FATAL;
        }
    }

    @Override
    public CallbackResult onEndDataEventSequence(Scn end) {
        if (System.nanoTime() - checkpointAt < CHECKPOINT_EVERY.toNanos()) {
            return CallbackResult.SKIP_CHECKPOINT;
        }
        return CallbackResult.SUCCESS;
    }

    @Override
    public CallbackResult onIdle(Scn last) {
        return CallbackResult.SUCCESS;
    }

    @Override
    public CallbackResult onCheckpoint(Scn at) {
        try {
            drain();
            checkpointAt = System.nanoTime();
            return CallbackResult.SUCCESS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CallbackResult.ERROR_FATAL;
        }
    }

    @Override
    public CallbackResult onRollback(Scn to) {
        stale = true;
        try {
            for (Lane lane : lanes) {
                lane.clear();
            }
            return CallbackResult.SUCCESS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CallbackResult.ERROR_FATAL;
        }
    }

    /** Waits until everything is taken or parked. */
    private void drain() throws InterruptedException {
        for (Lane lane : lanes) {
            lane.drain();
        }
        for (Lane lane : lanes) {
            KafkaException failure = lane.failure();
            if (failure != null) {
                throw failure;
            }
        }
    }

    /**
     * Tells the changes of a parked row in their order, and releases it when all were taken; what comes for it meanwhile is told afterwards.
     *
     * @return ends when it is released; exceptionally with the reason if a change was not taken, and then the row stays parked
     */
    public CompletableFuture<Void> replay(ParkedRow row) {
        return replay(row, UnaryOperator.identity());
    }

    /** Does the same with changes that are repaired first. */
    public CompletableFuture<Void> replay(ParkedRow row, UnaryOperator<ChangeEvent> repair) {
        RowKey key = RowKey.of(row);
        log.info("Replays the {}", row);
        return lane(key).replay(key, repair);
    }

    /**
     * Releases a parked row and forgets its changes; what comes for it is told again.
     *
     * @return ends when it is released
     */
    public CompletableFuture<Void> discard(ParkedRow row) {
        RowKey key = RowKey.of(row);
        log.info("Discards the {}", row);
        return lane(key).discard(key);
    }

    /** The rows that are parked. */
    public List<ParkedRow> parked() {
        return parked.rows();
    }

    /** Ends the lanes after the changes that they are at; close the client before. */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
    }
}
