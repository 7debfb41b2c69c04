// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Each scan gives the rows that the test has put, and breaks off where the test says. */
final class ScriptedScan implements Scan {
    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();

    private record Step(List<Object[]> rows, int breaksOffAfter) {}

    void whole(Object[]... rows) {
        whole(List.of(rows));
    }

    void whole(List<Object[]> rows) {
        steps.add(new Step(rows, Integer.MAX_VALUE));
    }

    void brokenOff(List<Object[]> rows, int after) {
        steps.add(new Step(rows, after));
    }

    @Override
    public void check() {}

    @Override
    public void read(RowListener to) throws SourceFailure, InterruptedException {
        Step step = steps.take();
        int row = 0;
        for (Object[] values : step.rows()) {
            if (row == step.breaksOffAfter()) {
                throw new SourceFailure(Kind.PASSING, "broke off behind row " + row);
            }
            to.row(++row, values);
        }
    }

    @Override
    public String describe(long place) {
        return "row " + place;
    }

    @Override
    public void close() {}
}
