// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;

/**
 * Call-backs of a consumer of changes, with the names that Databus gave them. A window is a transaction of the source. Within one: {@link #onStartDataEventSequence}, for each run of
 * changes of one table {@link #onStartSource}, {@link #onDataEvent} for each and {@link #onEndSource}, at last {@link #onEndDataEventSequence} and {@link #onCheckpoint}. The rows of a
 * snapshot come first, as a window of their own in which each change is a READ. Called by one thread. A call-back that throws has not taken what it was told, as {@link
 * CallbackResult#ERROR} says.
 */
public interface ChangeConsumer {
    /** Before anything else, once. */
    default CallbackResult onStartConsumption() {
        return CallbackResult.SUCCESS;
    }

    /** A window begins; {@code after} is where the one before has ended. */
    default CallbackResult onStartDataEventSequence(Scn after) {
        return CallbackResult.SUCCESS;
    }

    /** Changes of a table follow. */
    default CallbackResult onStartSource(String table) {
        return CallbackResult.SUCCESS;
    }

    /** A change. Rows are messages of {@link ChangeEvent#getContract}. */
    CallbackResult onDataEvent(ChangeEvent change);

    /** No further changes of the table for now. */
    default CallbackResult onEndSource(String table) {
        return CallbackResult.SUCCESS;
    }

    /** The window is whole. */
    default CallbackResult onEndDataEventSequence(Scn end) {
        return CallbackResult.SUCCESS;
    }

    /** What was told up to here will not be told again, if this one takes it. */
    default CallbackResult onCheckpoint(Scn at) {
        return CallbackResult.SUCCESS;
    }

    /**
     * No change waits, and {@code last} is the end of a window behind the last check point. {@link CallbackResult#SUCCESS} asks for a check point there; the default leaves it to the
     * next window.
     */
    default CallbackResult onIdle(Scn last) {
        return CallbackResult.SKIP_CHECKPOINT;
    }

    /** What was told behind that is void: it is told again. */
    default CallbackResult onRollback(Scn to) {
        return CallbackResult.SUCCESS;
    }

    /** The consumption ends because of this. */
    default CallbackResult onError(Throwable failure) {
        return CallbackResult.SUCCESS;
    }

    /** After everything else, once. */
    default CallbackResult onStopConsumption() {
        return CallbackResult.SUCCESS;
    }
}
