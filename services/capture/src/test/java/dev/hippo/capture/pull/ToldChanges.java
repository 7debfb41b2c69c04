// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.contracts.Contract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** What a source tells, and the topic of latest rows that comes of it: of whole transactions only. */
final class ToldChanges implements ChangeListener, SnapshotListener, TopicRows {
    /** A transaction, or that there was nothing to tell. */
    record Window(String id, List<String> changes, Position end) {}

    final BlockingQueue<Window> windows = new LinkedBlockingQueue<>();
    final Map<String, byte[]> rows = new TreeMap<>();
    private final Contract contract;
    private List<RowChange> open = new ArrayList<>();
    private String id = "";
    private @Nullable Position at;

    ToldChanges(Contract contract) {
        this.contract = contract;
    }

    @Override
    public void begin(String transaction, Instant committedAt) {
        id = transaction;
    }

    @Override
    public void change(RowChange change) {
        open.add(change);
    }

    @Override
    public void commit(Position behind) {
        synchronized (rows) {
            for (RowChange change : open) {
                String key = text(change.key()).replaceAll("\\D", "");
                if (change.after() == null) {
                    rows.remove(key);
                } else {
                    rows.put(key, change.after());
                }
            }
        }
        windows.add(new Window(id, open.stream().map(this::words).toList(), behind));
        open = new ArrayList<>();
    }

    private String words(RowChange change) {
        return change.op() + " " + text(change.key()) + (change.before() == null ? "" : " " + text(change.before()))
                + (change.after() == null ? "" : " -> " + text(change.after()));
    }

    private String text(byte @Nullable [] image) {
        try {
            return contract.json().toJson(image == null ? new byte[0] : image).replace("\"", "");
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void advanced(Position to) {
        windows.add(new Window("", List.of(), to));
    }

    @Override
    public void begin(Position place, Instant takenAt) {
        at = place;
        id = "snapshot";
    }

    @Override
    public void table(SourceTable table) {}

    @Override
    public void row(RowChange read) {
        open.add(read);
    }

    @Override
    public void end() {
        Position place = at;
        if (place != null) {
            commit(place);
        }
    }

    @Override
    public void tell(TopicRows.Listener to) throws IOException {
        synchronized (rows) {
            for (Map.Entry<String, byte[]> row : rows.entrySet()) {
                byte[] key = row.getKey().getBytes(StandardCharsets.UTF_8);
                // as a topic that is not compacted yet has them
                to.record(key, new byte[0]);
                to.record(key, null);
                to.record(key, row.getValue());
            }
            to.record("999".getBytes(StandardCharsets.UTF_8), new byte[0]);
            to.record("999".getBytes(StandardCharsets.UTF_8), null);
        }
    }
}
