// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.lake.ChangedRows.Changed;
import dev.hippo.lake.PickedColumn.Picks;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of some files without those that changed, and rows that came, in the order of their keys as far as the files have it. It holds one batch of a file at a time. Not
 * thread-safe.
 */
final class MergeStream implements AutoCloseable {
    private static final int ROWS = 4_096;

    private final Leaves leaves;
    private final Iterator<Leaf> files;
    private final KeyColumns keys;
    private final ChangedRows changed;
    private final RowBatch added;
    private final List<Changed> place;
    private int placed;

    private @Nullable CloseableIterator<FilteredColumnarBatch> open;
    private List<ColumnVector> stored = List.of();
    private int[] picks = new int[ROWS];
    private int size;
    private int at;

    /**
     * A stream.
     *
     * @param files in the order of their ranges
     * @param place the rows that belong among theirs, in the order of their keys
     * @param added where these rows are
     */
    MergeStream(
            Leaves leaves,
            List<Leaf> files,
            KeyColumns keys,
            ChangedRows changed,
            List<Changed> place,
            RowBatch added) {
        this.leaves = leaves;
        this.files = files.iterator();
        this.keys = keys;
        this.changed = changed;
        this.place = place;
        this.added = added;
    }

    boolean hasNext() throws IOException {
        while (at == size) {
            if (!fill()) {
                return false;
            }
        }
        return true;
    }

    /** The next rows, at most so many. */
    Iterator<ColumnarBatch> next(long most) {
        return new Iterator<>() {
            private long left = most;

            @Override
            public boolean hasNext() {
                try {
                    return left > 0 && MergeStream.this.hasNext();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public ColumnarBatch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                ColumnarBatch batch = take((int) Math.min(left, size - at));
                left -= batch.getSize();
                return batch;
            }
        };
    }

    private RowBatch take(int rows) {
        Picks picked = new Picks(Arrays.copyOfRange(picks, at, at + rows), 0, rows);
        at += rows;
        List<ColumnVector> columns = new ArrayList<>();
        for (int i = 0; i < added.columns().size(); i++) {
            ColumnVector came = added.columns().get(i);
            columns.add(new PickedColumn(stored.isEmpty() ? came : stored.get(i), came, picked));
        }
        return new RowBatch(added.schema(), columns, rows);
    }

    /** Picks out of the next batch of a file, or of the rows that are left; false at the end. */
    private boolean fill() throws IOException {
        size = 0;
        at = 0;
        CloseableIterator<FilteredColumnarBatch> reading = open;
        if (reading == null) {
            if (files.hasNext()) {
                open = leaves.rows(files.next());
                return true;
            }
            stored = List.of();
            while (placed < place.size() && size < ROWS) {
                pick(~place.get(placed++).row());
            }
            return size > 0;
        }
        if (reading.hasNext()) {
            merge(reading.next());
        } else {
            reading.close();
            open = null;
        }
        return true;
    }

    private void merge(FilteredColumnarBatch batch) {
        ColumnarBatch rows = batch.getData();
        List<ColumnVector> columns = new ArrayList<>();
        for (int i = 0; i < added.columns().size(); i++) {
            columns.add(rows.getColumnVector(i));
        }
        stored = columns;
        KeyColumns.StoredKeys storedKeys = keys.keys(rows);
        for (int row = 0; row < rows.getSize(); row++) {
            if (!Leaves.isSelected(batch, row)) {
                continue;
            }
            RowKey key = storedKeys.at(row);
            while (placed < place.size() && place.get(placed).key().compareTo(key) <= 0) {
                pick(~place.get(placed++).row());
            }
            if (!changed.contains(key)) {
                pick(row);
            }
        }
    }

    private void pick(int pick) {
        if (size == picks.length) {
            picks = Arrays.copyOf(picks, size * 2);
        }
        picks[size++] = pick;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }
}
