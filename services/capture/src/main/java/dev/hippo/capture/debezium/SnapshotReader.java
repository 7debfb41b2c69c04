// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Tells the rows that a connector reads first, which are all of one place. Used once. Not thread-safe. */
final class SnapshotReader implements ChangeListener {
    private static final String NOTICES = "hippo.notices";

    private final Database database;
    private final SnapshotListener listener;
    private final InstantSource clock;
    private final Position nowhere;
    private final Set<String> begun = new HashSet<>();
    private @Nullable Position at;
    private boolean ended;
    private List<String> withoutRows = List.of();

    SnapshotReader(Database database, SnapshotListener listener, InstantSource clock, Position nowhere) {
        this.database = database;
        this.listener = listener;
        this.clock = clock;
        this.nowhere = nowhere;
    }

    /** By which a connector tells of its first rows. */
    static Map<String, String> properties() {
        return Map.of(
                "snapshot.mode", "initial",
                "notification.enabled.channels", "sink",
                "notification.sink.topic.name", NOTICES);
    }

    /**
     * Reads until all was told.
     *
     * @param closed whether it is not wanted any more
     * @return the place of the rows
     */
    Position run(RunningConnector connector, List<SourceTable> tables, BooleanSupplier closed)
            throws SourceFailure, InterruptedException {
        while (!ended && !closed.getAsBoolean()) {
            for (SourceRecord record : connector.poll()) {
                read(record);
            }
        }
        if (!ended) {
            throw new InterruptedException("the source was closed");
        }
        return end(tables);
    }

    /** The tables of which nothing was told, when all was. */
    List<String> withoutRows() {
        return withoutRows;
    }

    private void read(SourceRecord record) throws SourceFailure, InterruptedException {
        if (ended || !(record.value() instanceof Struct value)) {
            return;
        }
        if (record.topic().equals(NOTICES)) {
            notice(value, record);
            return;
        }
        Envelope change = Envelope.of(value);
        if (change == null) {
            return;
        }
        if (change.op().equals("r")) {
            begin(record);
            change.tell(database.rows(change.source(), record.keySchema(), change.row()), this);
        } else if (at == null) {
            throw new SourceFailure(
                    Kind.SETTING, "the connector tells changes, and neither first rows nor that there are none");
        } else {
            // behind the rows; told again by the stream
            ended = true;
        }
    }

    private void notice(Struct value, SourceRecord record) throws SourceFailure, InterruptedException {
        if (!"Initial Snapshot".equals(value.getString("aggregate_type"))) {
            return;
        }
        String type = value.getString("type");
        if (type.equals("COMPLETED")) {
            begin(record);
            ended = true;
        } else if (type.equals("ABORTED") || type.equals("SKIPPED")) {
            throw new SourceFailure(Kind.PASSING, "the connector did not read the rows to their end: " + type);
        }
    }

    private void begin(SourceRecord record) throws SourceFailure, InterruptedException {
        if (at == null) {
            Position place = database.position(record.sourceOffset(), false, nowhere);
            at = place;
            // by our clock: the connector's own word for it depends on the time zone of this process
            listener.begin(place, clock.instant());
        }
    }

    /** Tells of the tables that have no rows, and of the end. */
    private Position end(List<SourceTable> tables) throws InterruptedException {
        withoutRows = tables.stream()
                .map(SourceTable::fullName)
                .filter(table -> !begun.contains(table))
                .toList();
        for (SourceTable table : tables) {
            if (begun.add(table.fullName())) {
                listener.table(table);
            }
        }
        listener.end();
        return at == null ? nowhere : at;
    }

    @Override
    public void change(RowChange change) throws InterruptedException {
        if (begun.add(change.table().fullName())) {
            listener.table(change.table());
        }
        listener.row(new RowChange(Op.READ, change.table(), change.key(), null, change.after(), List.of()));
    }

    @Override
    public void begin(String id, Instant committedAt) {}

    @Override
    public void commit(Position behind) {}

    @Override
    public void advanced(Position to) {}
}
