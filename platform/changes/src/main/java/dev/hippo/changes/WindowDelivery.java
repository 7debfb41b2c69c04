// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Transaction;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a consumer of changes in windows. Knows nothing of where they come from. Not thread-safe. */
final class WindowDelivery {
    private static final Logger log = LoggerFactory.getLogger(WindowDelivery.class);

    /** The window of a snapshot's rows: the only one that may break off, for its rows are committed as they come. */
    private static final String SNAPSHOT = "snapshot";

    /** What became of a change. */
    enum Outcome {
        TAKEN,
        /** It was the last of its window, and a check point was taken too. */
        CHECKPOINT,
        /** Everything behind the last check point has to be told again. */
        ROLLBACK,
        FATAL
    }

    private final ChangeConsumer consumer;
    private Scn last;
    private Scn checkpoint;
    private String lastTransaction = "";
    private String checkpointTransaction = "";
    /** What was told last: who was not told that Kafka has it may have sent it again. */
    private @Nullable ChangeEvent lastTold;

    private @Nullable String window;
    private @Nullable String table;
    private int next;
    private @Nullable Throwable reason;

    WindowDelivery(ChangeConsumer consumer, Scn from) {
        this.consumer = consumer;
        this.last = from;
        this.checkpoint = from;
    }

    /**
     * Tells of a change; the one before it once more, field for field, is none.
     *
     * @throws BrokenSequenceException if it is not the next one of the open window, or its window is not behind the one before
     */
    Outcome tell(ChangeEvent change) throws BrokenSequenceException {
        Transaction transaction = change.getTransaction();
        if (change.equals(lastTold) && !SNAPSHOT.equals(transaction.getId())) {
            return window == null && last.equals(checkpoint) ? Outcome.CHECKPOINT : Outcome.TAKEN;
        }
        boolean begins = window == null;
        if (transaction.getIndex() == 0 && SNAPSHOT.equals(window)) {
            // it broke off: it is told from its first row again, or there are no rows to tell any more
            return rollBackThen(change);
        }
        int expected = begins ? 0 : next;
        if (transaction.getIndex() != expected
                || (!begins && !transaction.getId().equals(window))) {
            throw new BrokenSequenceException("change " + transaction.getId() + "/" + transaction.getIndex()
                    + " follows where " + (begins ? "a window should begin" : window + "/" + expected + " should"));
        }
        if (begins) {
            window = transaction.getId();
            next = 0;
            table = null;
            Outcome outcome = outcome(() -> consumer.onStartDataEventSequence(last));
            if (outcome != Outcome.TAKEN) {
                return outcome;
            }
        }
        Outcome outcome = row(change);
        lastTold = change;
        next++;
        return outcome == Outcome.TAKEN && transaction.hasEnd() ? end(Scn.of(transaction.getEnd())) : outcome;
    }

    private Outcome rollBackThen(ChangeEvent change) throws BrokenSequenceException {
        Outcome outcome = rollback();
        return outcome == Outcome.TAKEN ? tell(change) : outcome;
    }

    private Outcome row(ChangeEvent change) {
        String before = table;
        if (!change.getTable().equals(before)) {
            if (before != null) {
                Outcome outcome = outcome(() -> consumer.onEndSource(before));
                if (outcome != Outcome.TAKEN) {
                    return outcome;
                }
            }
            table = change.getTable();
            Outcome outcome = outcome(() -> consumer.onStartSource(change.getTable()));
            if (outcome != Outcome.TAKEN) {
                return outcome;
            }
        }
        return outcome(() -> consumer.onDataEvent(change));
    }

    private Outcome end(Scn end) throws BrokenSequenceException {
        if (end.compareTo(last) < 0) {
            throw new BrokenSequenceException("window " + window + " ends at " + end + ", before " + last
                    + ", at which the one before has ended; was the source restored, or the topic written by two?");
        }
        String of = table;
        Outcome outcome = of == null ? Outcome.TAKEN : outcome(() -> consumer.onEndSource(of));
        if (outcome != Outcome.TAKEN) {
            return outcome;
        }
        CallbackResult result = call(() -> consumer.onEndDataEventSequence(end));
        if (result == CallbackResult.ERROR || result == CallbackResult.ERROR_FATAL) {
            return failed(result);
        }
        lastTransaction = Objects.requireNonNullElse(window, "");
        window = null;
        table = null;
        last = end;
        return result == CallbackResult.SKIP_CHECKPOINT ? Outcome.TAKEN : checkpoint(end);
    }

    /** What was told last, by whoever had the group before, if it is known; it is not told again. */
    void toldBefore(@Nullable ChangeEvent change) {
        lastTold = change;
    }

    /** Nothing waits to be told. */
    Outcome idle() {
        if (window != null || last.equals(checkpoint)) {
            return Outcome.TAKEN;
        }
        CallbackResult result = call(() -> consumer.onIdle(last));
        if (result == CallbackResult.ERROR || result == CallbackResult.ERROR_FATAL) {
            return failed(result);
        }
        return result == CallbackResult.SKIP_CHECKPOINT ? Outcome.TAKEN : checkpoint(last);
    }

    private Outcome checkpoint(Scn end) {
        CallbackResult kept = call(() -> consumer.onCheckpoint(end));
        if (kept == CallbackResult.ERROR || kept == CallbackResult.ERROR_FATAL) {
            return failed(kept);
        }
        if (kept == CallbackResult.SKIP_CHECKPOINT) {
            return Outcome.TAKEN;
        }
        checkpoint = end;
        checkpointTransaction = lastTransaction;
        return Outcome.CHECKPOINT;
    }

    /** Forgets what was told behind the last check point, and says so. */
    Outcome rollback() {
        lastTold = null;
        window = null;
        table = null;
        last = checkpoint;
        lastTransaction = checkpointTransaction;
        return call(() -> consumer.onRollback(checkpoint)) == CallbackResult.ERROR_FATAL
                ? Outcome.FATAL
                : Outcome.TAKEN;
    }

    /** Where the last check point was taken. */
    Scn checkpoint() {
        return checkpoint;
    }

    /** The window before the last check point; empty where it was taken by somebody before. */
    String transaction() {
        return checkpointTransaction;
    }

    /** Why the last call-back failed that did; null if it only said so. */
    @Nullable
    Throwable reason() {
        return reason;
    }

    private Outcome outcome(Supplier<CallbackResult> callback) {
        CallbackResult result = call(callback);
        return result == CallbackResult.ERROR || result == CallbackResult.ERROR_FATAL ? failed(result) : Outcome.TAKEN;
    }

    private static Outcome failed(CallbackResult result) {
        return result == CallbackResult.ERROR_FATAL ? Outcome.FATAL : Outcome.ROLLBACK;
    }

    /** What a call-back throws is its own failure, whatever it is, and no more than {@link CallbackResult#ERROR}. */
    private CallbackResult call(Supplier<CallbackResult> callback) {
        reason = null;
        try {
            return callback.get();
        } catch (RuntimeException e) {
            reason = e;
            log.warn("A call-back failed in window {}: {}", window, e.toString());
            return CallbackResult.ERROR;
        }
    }
}
