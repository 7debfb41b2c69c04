// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Writes down what it is told; says what a test wants it to say. */
final class Recorder implements ChangeConsumer {
    final List<String> told = new CopyOnWriteArrayList<>();
    volatile Function<String, CallbackResult> answer = call -> CallbackResult.SUCCESS;

    private CallbackResult note(String call) {
        told.add(call);
        return answer.apply(call);
    }

    private static String number(Scn scn) {
        return scn.log().isEmpty()
                ? "0"
                : Integer.toString(scn.log().asReadOnlyByteBuffer().getInt());
    }

    @Override
    public CallbackResult onStartConsumption() {
        return note("start");
    }

    @Override
    public CallbackResult onStartDataEventSequence(Scn after) {
        return note("window after " + number(after));
    }

    @Override
    public CallbackResult onStartSource(String table) {
        return note("source " + table);
    }

    @Override
    public CallbackResult onDataEvent(ChangeEvent change) {
        return note(
                change.getTransaction().getId() + "/" + change.getTransaction().getIndex());
    }

    @Override
    public CallbackResult onEndSource(String table) {
        return note("end of source " + table);
    }

    @Override
    public CallbackResult onEndDataEventSequence(Scn end) {
        return note("end " + number(end));
    }

    @Override
    public CallbackResult onCheckpoint(Scn at) {
        return note("checkpoint " + number(at));
    }

    @Override
    public CallbackResult onIdle(Scn last) {
        return note("idle after " + number(last));
    }

    @Override
    public CallbackResult onRollback(Scn to) {
        return note("rollback to " + number(to));
    }

    @Override
    public CallbackResult onError(Throwable failure) {
        return note("error");
    }

    @Override
    public CallbackResult onStopConsumption() {
        return note("stop");
    }
}
