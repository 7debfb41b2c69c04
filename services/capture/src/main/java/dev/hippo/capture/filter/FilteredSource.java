// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.filter;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.LogWatch;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A source of which only some rows are told. Its position advances with the whole log. In a {@link #chunk} a row that is not wanted is told as deleted, for an earlier filter may have
 * wanted it.
 */
public final class FilteredSource implements ChangeSource {
    private final ChangeSource source;
    private final Map<String, RowFilter> filters;

    private FilteredSource(ChangeSource source, Map<String, RowFilter> filters) {
        this.source = source;
        this.filters = Map.copyOf(filters);
    }

    /**
     * The source itself, if there is no filter.
     *
     * @param filters by the full name of the table
     */
    public static ChangeSource of(ChangeSource source, Map<String, RowFilter> filters) {
        return filters.isEmpty() ? source : new FilteredSource(source, filters);
    }

    private @Nullable RowChange told(RowChange change) {
        RowFilter filter = filters.get(change.table().fullName());
        return filter == null ? change : filter.told(change);
    }

    @Override
    public List<SourceTable> tables() throws SourceFailure, InterruptedException {
        return source.tables();
    }

    @Override
    public Position now() throws SourceFailure, InterruptedException {
        return source.now();
    }

    @Override
    public Position snapshot(List<SourceTable> tables, SnapshotListener to) throws SourceFailure, InterruptedException {
        return source.snapshot(tables, new Rows(to));
    }

    @Override
    public void rows(List<SourceTable> tables, Position stored, SnapshotListener to)
            throws SourceFailure, InterruptedException {
        source.rows(tables, stored, new Rows(to));
    }

    @Override
    public Chunk chunk(SourceTable table, KeyRange range, int most) throws SourceFailure, InterruptedException {
        Chunk chunk = source.chunk(table, range, most);
        RowFilter filter = filters.get(table.fullName());
        List<RowChange> rows = filter == null
                ? chunk.rows()
                : chunk.rows().stream().map(filter::toldAgain).toList();
        return new Chunk(chunk.at(), chunk.takenAt(), rows, chunk.last(), chunk.end());
    }

    @Override
    public void stream(Position from, ChangeListener to) throws SourceFailure, InterruptedException {
        source.stream(from, new Changes(to));
    }

    @Override
    public void stored(Position upTo) {
        source.stored(upTo);
    }

    @Override
    public Optional<LogWatch> watch() {
        return source.watch();
    }

    @Override
    public String describe(Position position) {
        return source.describe(position);
    }

    @Override
    public void close() {
        source.close();
    }

    /** Passes the rows on that are wanted. */
    private final class Rows implements SnapshotListener {
        private final SnapshotListener to;

        Rows(SnapshotListener to) {
            this.to = to;
        }

        @Override
        public void begin(Position at, Instant takenAt) throws InterruptedException {
            to.begin(at, takenAt);
        }

        @Override
        public void table(SourceTable table) throws InterruptedException {
            to.table(table);
        }

        @Override
        public void row(RowChange read) throws InterruptedException {
            RowFilter filter = filters.get(read.table().fullName());
            if (filter == null || filter.tells(read)) {
                to.row(read);
            }
        }

        @Override
        public void end() throws InterruptedException {
            to.end();
        }
    }

    /** Passes transactions on that have any change that is told. */
    private final class Changes implements ChangeListener {
        private final ChangeListener to;
        private String id = "";
        private Instant committedAt = Instant.EPOCH;
        private boolean begun;

        Changes(ChangeListener to) {
            this.to = to;
        }

        @Override
        public void begin(String transaction, Instant at) {
            id = transaction;
            committedAt = at;
            begun = false;
        }

        @Override
        public void change(RowChange change) throws InterruptedException {
            RowChange told = told(change);
            if (told == null) {
                return;
            }
            if (!begun) {
                begun = true;
                to.begin(id, committedAt);
            }
            to.change(told);
        }

        @Override
        public void commit(Position behind) throws InterruptedException {
            if (begun) {
                to.commit(behind);
            } else {
                to.advanced(behind);
            }
        }

        @Override
        public void advanced(Position position) throws InterruptedException {
            to.advanced(position);
        }
    }
}
