// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceTable;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it is told, in words. */
final class Recorder implements ChangeListener, SnapshotListener {
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<RowChange> changes = new CopyOnWriteArrayList<>();
    final List<Position> commits = new CopyOnWriteArrayList<>();
    final List<Position> reached = new CopyOnWriteArrayList<>();
    private final WholeContracts contracts;

    Recorder(WholeContracts contracts) {
        this.contracts = contracts;
    }

    @Override
    public void begin(String id, Instant committedAt) {
        told.add("begin");
    }

    @Override
    public void change(RowChange change) {
        changes.add(change);
        String words = change.op() + " " + change.table().name();
        if (change.key() != null) {
            words += " [" + contracts.text(change.table(), change.key()) + "]";
        }
        if (change.before() != null) {
            words += " was " + contracts.text(change.table(), change.before());
        }
        if (change.after() != null) {
            words += " is " + contracts.text(change.table(), change.after());
        }
        told.add(change.unchanged().isEmpty() ? words : words + " unchanged " + change.unchanged());
    }

    @Override
    public void commit(Position behind) {
        told.add("commit");
        commits.add(behind);
    }

    @Override
    public void advanced(Position to) {
        reached.add(to);
    }

    @Override
    public void begin(Position at, Instant takenAt) {
        told.add("snapshot");
        commits.add(at);
    }

    @Override
    public void table(SourceTable table) {
        told.add("table " + table.fullName());
    }

    @Override
    public void row(RowChange read) {
        change(read);
    }

    @Override
    public void end() {
        told.add("end");
    }
}
