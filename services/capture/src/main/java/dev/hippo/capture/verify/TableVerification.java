// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.verify;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.capture.pull.KeptImages;
import dev.hippo.capture.pull.Row;
import dev.hippo.capture.pull.RowSort;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.verify.RowDifference.Kind;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares a table with the topic of its latest rows while both change. All rows are read once on each side, in any order, and sorted on disk; what differs then may only have been
 * changed meanwhile. So each such row is looked at again: in the table at one place of the log, in the topic when that has come to the place. Used once.
 */
public final class TableVerification {
    private static final int CHUNK_ROWS = 5_000;
    private static final int LOOKS = 8;
    /** Rows that were not the same at the first reading, and are kept in mind to be looked at again. */
    private static final int MOST_CANDIDATES = 20_000;

    private final ChangeSource source;
    private final SourceTable table;
    private final Contract contract;
    private final List<String> keyFields;
    private final KeyReader key;
    private final KeptImages images;
    private final TopicImage topic;
    private final Progress progress;
    private final int most;
    private long rows;

    /** Waits until the topic has everything up to a place of the log. */
    @FunctionalInterface
    public interface Progress {
        void await(Position place) throws SourceFailure, InterruptedException;
    }

    /**
     * Prepares it.
     *
     * @param keyFields the topic's key
     * @param most how many rows that differ are told
     */
    public TableVerification(
            ChangeSource source,
            SourceTable table,
            Contract contract,
            List<String> keyFields,
            TopicImage topic,
            Progress progress,
            int most) {
        this.source = source;
        this.table = table;
        this.contract = contract;
        this.keyFields = List.copyOf(keyFields);
        this.key = contract.key(keyFields);
        this.images = new KeptImages(contract.descriptor(), keyFields, true);
        this.topic = topic;
        this.progress = progress;
        this.most = most;
    }

    /** How many rows the table had. */
    public long rows() {
        return rows;
    }

    /**
     * Compares.
     *
     * @param folder for what does not fit into memory
     * @return at most as many as were asked for
     */
    public List<RowDifference> run(Path folder) throws SourceFailure, IOException, InterruptedException {
        for (String field : keyFields) {
            FieldDescriptor part = contract.descriptor().findFieldByName(field);
            if (part.getType() == FieldDescriptor.Type.BYTES || part.getType() == FieldDescriptor.Type.BOOL) {
                throw new SourceFailure(
                        SourceFailure.Kind.SETTING,
                        "field '" + field + "' of the key is "
                                + part.getType().name().toLowerCase(Locale.ROOT)
                                + ", by which this version cannot ask for one row");
            }
        }
        List<byte[]> candidates = candidates(folder);
        List<RowDifference> differences = new ArrayList<>();
        for (byte[] candidate : candidates) {
            if (differences.size() == most) {
                return differences;
            }
            @Nullable Kind kind = Kind.UNDECIDED;
            byte[] there = null;
            for (int look = 0; look < LOOKS && kind == Kind.UNDECIDED; look++) {
                Chunk now = source.chunk(table, one(candidate), 1);
                there = now.rows().isEmpty() ? null : now.rows().get(0).after();
                progress.await(now.at());
                boolean changed = topic.readOn().contains(ByteBuffer.wrap(candidate));
                byte[] told = topic.row(candidate);
                if (same(there, told)) {
                    kind = null;
                } else if (!changed) {
                    kind = there == null ? Kind.LEFT : told == null ? Kind.MISSING : Kind.DIFFERENT;
                }
            }
            if (kind != null) {
                byte[] told = topic.row(candidate);
                differences.add(new RowDifference(
                        new String(candidate, StandardCharsets.UTF_8),
                        kind,
                        fields(there, told),
                        columns(candidate),
                        kind == Kind.LEFT && told != null ? Base64.getEncoder().encodeToString(images.key(told)) : ""));
            }
        }
        if (candidates.size() == MOST_CANDIDATES && differences.size() < most) {
            throw new SourceFailure(
                    SourceFailure.Kind.PASSING,
                    "more than " + MOST_CANDIDATES + " rows of " + table.fullName()
                            + " were changed between the two readings, and so many are not looked at again; verify it when less is written");
        }
        return differences;
    }

    private KeyRange one(byte[] candidate) {
        Map<String, String> bound = columns(candidate);
        return new KeyRange(bound, false, bound);
    }

    private Map<String, String> columns(byte[] candidate) {
        List<byte[]> texts = key.texts(candidate);
        Map<String, String> bound = new HashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            bound.put(keyFields.get(i), new String(texts.get(i), StandardCharsets.UTF_8));
        }
        return bound;
    }

    /** The keys of rows that were not the same when each side was read. */
    private List<byte[]> candidates(Path folder) throws SourceFailure, IOException, InterruptedException {
        List<byte[]> candidates = new ArrayList<>();
        try (RowSort told = new RowSort(folder.resolve("topic"), RowSort.MEMORY);
                RowSort there = new RowSort(folder.resolve("table"), RowSort.MEMORY)) {
            long[] place = new long[1];
            topic.read((record, row) -> told.add(new Row(record, place[0]++, row)));
            scan(there);
            RowSort.Rows left = latest(told.sorted());
            RowSort.Rows right = there.sorted();
            Row topicRow = left.next();
            Row tableRow = right.next();
            while ((topicRow != null || tableRow != null) && candidates.size() < MOST_CANDIDATES) {
                int order = topicRow == null
                        ? 1
                        : tableRow == null ? -1 : Arrays.compareUnsigned(topicRow.key(), tableRow.key());
                byte[] image = order > 0 || topicRow == null ? null : topicRow.image();
                byte[] row = order < 0 || tableRow == null ? null : tableRow.image();
                if (!Arrays.equals(image, row)) {
                    byte[] name = Objects.requireNonNull(order > 0 ? tableRow : topicRow)
                            .key();
                    candidates.add(name);
                    topic.follow(name, image);
                }
                if (order <= 0) {
                    topicRow = left.next();
                }
                if (order >= 0) {
                    tableRow = right.next();
                }
            }
        }
        return candidates;
    }

    /** Of each key the last record. */
    private static RowSort.Rows latest(RowSort.Rows rows) throws IOException {
        @Nullable Row[] ahead = {rows.next()};
        return () -> {
            Row last = ahead[0];
            ahead[0] = last == null ? null : rows.next();
            while (last != null && ahead[0] != null && Arrays.equals(last.key(), ahead[0].key())) {
                last = ahead[0];
                ahead[0] = rows.next();
            }
            return last;
        };
    }

    private void scan(RowSort to) throws SourceFailure, IOException, InterruptedException {
        KeyRange range = new KeyRange(Map.of(), false, Map.of());
        boolean end = false;
        while (!end) {
            Chunk chunk = source.chunk(table, range, CHUNK_ROWS);
            for (RowChange row : chunk.rows()) {
                byte[] image = row.after();
                if (image != null) {
                    to.add(new Row(key.read(image, 0, image.length), rows++, image));
                }
            }
            end = chunk.end();
            range = new KeyRange(chunk.last(), true, Map.of());
        }
    }

    /** The bytes may differ though the messages do not: a contract may have gained a field meanwhile. */
    private boolean same(byte @Nullable [] one, byte @Nullable [] other) throws InvalidProtocolBufferException {
        if (one == null || other == null) {
            return one == other;
        }
        return Arrays.equals(one, other) || message(one).equals(message(other));
    }

    private DynamicMessage message(byte[] image) throws InvalidProtocolBufferException {
        return DynamicMessage.parseFrom(contract.descriptor(), image);
    }

    private List<String> fields(byte @Nullable [] there, byte @Nullable [] told) throws InvalidProtocolBufferException {
        if (there == null || told == null) {
            return List.of();
        }
        DynamicMessage one = message(there);
        DynamicMessage other = message(told);
        return contract.descriptor().getFields().stream()
                .filter(field -> !one.getField(field).equals(other.getField(field)))
                .map(FieldDescriptor::getName)
                .toList();
    }
}
