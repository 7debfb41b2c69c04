// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told, and checks the order of the calls. */
final class Recorder implements ChangeListener {
    /** A transaction. */
    record Transaction(String id, Instant committedAt, List<RowChange> changes, Position behind) {}

    private final List<Transaction> transactions = new ArrayList<>();
    private final List<RowChange> open = new ArrayList<>();
    private String id = "";
    private Instant committedAt = Instant.EPOCH;
    private Position reached;
    private int advances;

    Recorder(Position from) {
        reached = from;
    }

    @Override
    public synchronized void begin(String newId, Instant at) {
        assertThat(id).isEmpty();
        id = newId;
        committedAt = at;
    }

    @Override
    public synchronized void change(RowChange change) {
        assertThat(id).isNotEmpty();
        open.add(change);
    }

    @Override
    public synchronized void commit(Position behind) {
        assertThat(id).isNotEmpty();
        assertThat(behind).isGreaterThan(reached);
        transactions.add(new Transaction(id, committedAt, List.copyOf(open), behind));
        open.clear();
        id = "";
        reached = behind;
    }

    @Override
    public synchronized void advanced(Position to) {
        assertThat(id).isEmpty();
        assertThat(to).isGreaterThan(reached);
        reached = to;
        advances++;
    }

    synchronized Position reached() {
        return reached;
    }

    synchronized List<Transaction> transactions() {
        return List.copyOf(transactions);
    }

    synchronized List<RowChange> changes() {
        return transactions.stream().flatMap(one -> one.changes().stream()).toList();
    }

    synchronized int advances() {
        return advances;
    }
}
