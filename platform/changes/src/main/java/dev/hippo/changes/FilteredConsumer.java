// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells a consumer of the changes that a filter wants, and of windows and tables that have any. Progress advances over what is left out: a check point is asked for about once a second
 * meanwhile, and when nothing waits. Give it to a {@link ChangeClient}; its own call-backs are that client's.
 */
public final class FilteredConsumer implements ChangeConsumer {
    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);

    private final ChangeFilter filter;
    private final ChangeConsumer consumer;
    private Scn after = Scn.NONE;
    private boolean windowTold;
    /** Whether the consumer has taken a window behind the last check point and wanted none there: then it has to want the next one. */
    private boolean skipped;

    private @Nullable String table;
    private long checkpointAt = System.nanoTime();

    /** What the filter wants, for the consumer. */
    public FilteredConsumer(ChangeFilter filter, ChangeConsumer consumer) {
        this.filter = filter;
        this.consumer = consumer;
    }

    private static boolean taken(CallbackResult result) {
        return result == CallbackResult.SUCCESS || result == CallbackResult.SKIP_CHECKPOINT;
    }

    @Override
    public CallbackResult onStartConsumption() {
        return consumer.onStartConsumption();
    }

    @Override
    public CallbackResult onStartDataEventSequence(Scn behind) {
        after = behind;
        windowTold = false;
        table = null;
        return CallbackResult.SUCCESS;
    }

    @Override
    public CallbackResult onDataEvent(ChangeEvent change) {
        if (!filter.wants(change)) {
            return CallbackResult.SUCCESS;
        }
        if (!windowTold) {
            windowTold = true;
            CallbackResult begun = consumer.onStartDataEventSequence(after);
            if (!taken(begun)) {
                return begun;
            }
        }
        if (!change.getTable().equals(table)) {
            table = change.getTable();
            CallbackResult begun = consumer.onStartSource(change.getTable());
            if (!taken(begun)) {
                return begun;
            }
        }
        return consumer.onDataEvent(change);
    }

    @Override
    public CallbackResult onEndSource(String ended) {
        if (!ended.equals(table)) {
            return CallbackResult.SUCCESS;
        }
        table = null;
        return consumer.onEndSource(ended);
    }

    @Override
    public CallbackResult onEndDataEventSequence(Scn end) {
        if (windowTold) {
            windowTold = false;
            CallbackResult result = consumer.onEndDataEventSequence(end);
            skipped |= result == CallbackResult.SKIP_CHECKPOINT;
            return result;
        }
        boolean due = !skipped && System.nanoTime() - checkpointAt >= CHECKPOINT_EVERY.toNanos();
        return due ? CallbackResult.SUCCESS : CallbackResult.SKIP_CHECKPOINT;
    }

    @Override
    public CallbackResult onIdle(Scn last) {
        return skipped ? consumer.onIdle(last) : CallbackResult.SUCCESS;
    }

    @Override
    public CallbackResult onCheckpoint(Scn at) {
        checkpointAt = System.nanoTime();
        skipped = false;
        return consumer.onCheckpoint(at);
    }

    @Override
    public CallbackResult onRollback(Scn to) {
        windowTold = false;
        skipped = false;
        table = null;
        return consumer.onRollback(to);
    }

    @Override
    public CallbackResult onError(Throwable failure) {
        return consumer.onError(failure);
    }

    @Override
    public CallbackResult onStopConsumption() {
        return consumer.onStopConsumption();
    }
}
