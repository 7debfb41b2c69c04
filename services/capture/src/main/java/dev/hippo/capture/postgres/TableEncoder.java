// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells the rows of one version of a table. Not thread-safe. */
final class TableEncoder {
    private final SourceTable table;
    private final PgType[] types;
    private final int[] key;
    private final ContractMapping mapping;
    private final ImageWriter writer;
    private final ValueWriter values = new ValueWriter();
    private final CurrentValues current;
    private final Tuple now = new Tuple();

    private TableEncoder(SourceTable table, List<PgType> types, ContractMapping mapping, CurrentValues current) {
        this.current = current;
        this.table = table;
        this.types = types.toArray(PgType[]::new);
        this.mapping = mapping;
        this.writer = new ImageWriter(mapping);
        List<String> names =
                table.columns().stream().map(SourceTable.Column::name).toList();
        // in the table's order, so that a key has the same bytes whatever the order of its index
        this.key = table.key().stream().mapToInt(names::indexOf).sorted().toArray();
    }

    /**
     * For a version of a table.
     *
     * @param types of its columns
     * @param current what is asked for values that the log leaves out
     * @throws SourceFailure if its contract does not fit
     */
    static TableEncoder of(SourceTable table, List<PgType> types, Contracts contracts, CurrentValues current)
            throws SourceFailure {
        TableEncoder encoder = new TableEncoder(table, types, contracts.mapping(table), current);
        for (int column : encoder.key) {
            if (!encoder.writer.wants(column)) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "the contract of " + table.fullName() + " leaves out '" + encoder.name(column)
                                + "', and that is part of the key by which its rows are known; put it in");
            }
        }
        return encoder;
    }

    SourceTable table() {
        return table;
    }

    void insert(Tuple row, ChangeListener to) throws SourceFailure, InterruptedException {
        to.change(told(Op.CREATE, row));
    }

    /** A row of a snapshot. */
    RowChange read(Tuple row) throws SourceFailure {
        return told(Op.READ, row);
    }

    private RowChange told(Op op, Tuple row) throws SourceFailure {
        return new RowChange(op, table, keyOf(row), null, image(row), unchanged(row));
    }

    /**
     * One change, or two if the key is another: the old row is gone, and there is a new one.
     *
     * @param before the row before, null if it is not told
     * @param whole whether all of it is told, or the key alone
     */
    void update(@Nullable Tuple before, boolean whole, Tuple row, ChangeListener to)
            throws SourceFailure, InterruptedException {
        if (before != null) {
            row.fill(before, whole);
        }
        if (before != null && otherKey(before, row)) {
            delete(before, to);
            insert(row, to);
        } else {
            byte[] old = before != null && whole ? image(before) : null;
            to.change(new RowChange(Op.UPDATE, table, keyOf(row), old, image(row), unchanged(row)));
        }
    }

    void delete(Tuple before, ChangeListener to) throws SourceFailure, InterruptedException {
        to.change(new RowChange(Op.DELETE, table, keyOf(before), image(before), null, List.of()));
    }

    void truncate(ChangeListener to) throws InterruptedException {
        to.change(new RowChange(Op.TRUNCATE, table, null, null, null, List.of()));
    }

    private boolean otherKey(Tuple before, Tuple row) {
        for (int column : key) {
            if (row.differs(before, column)) {
                return true;
            }
        }
        return false;
    }

    private byte @Nullable [] keyOf(Tuple row) throws SourceFailure {
        if (key.length == 0) {
            return null;
        }
        writer.begin();
        for (int column : key) {
            put(row, column);
        }
        return writer.end();
    }

    private byte[] image(Tuple row) throws SourceFailure {
        if (row.columns() != types.length) {
            throw new SourceFailure(
                    Kind.PASSING,
                    "A row of " + table.fullName() + " has " + row.columns() + " columns and the table "
                            + types.length);
        }
        writer.begin();
        int[] left = {};
        for (int column = 0; column < types.length; column++) {
            put(row, column);
            if (row.unchanged(column) && writer.wants(column)) {
                left = Arrays.copyOf(left, left.length + 1);
                left[left.length - 1] = column;
            }
        }
        if (left.length > 0) {
            putCurrent(row, left);
        }
        return writer.end();
    }

    /** What the log leaves out is as it was, or was changed again: then a later change tells it. */
    private void putCurrent(Tuple row, int[] columns) throws SourceFailure {
        Map<String, String> identity = new LinkedHashMap<>();
        for (int column : key) {
            identity.put(name(column), text(row, column));
        }
        byte[] line =
                current.read(table, Arrays.stream(columns).mapToObj(this::name).toList(), identity);
        if (line != null) {
            now.readLine(line);
            for (int i = 0; i < columns.length; i++) {
                put(now, i, columns[i]);
            }
        }
    }

    private static String text(Tuple row, int column) {
        return new String(row.bytes(), row.from(column), row.to(column) - row.from(column), StandardCharsets.UTF_8);
    }

    private void put(Tuple row, int column) throws SourceFailure {
        put(row, column, column);
    }

    private void put(Tuple row, int at, int column) throws SourceFailure {
        if (row.has(at) && writer.wants(column)) {
            try {
                values.put(writer, column, types[column], row.bytes(), row.from(at), row.to(at));
            } catch (UntellableValue e) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "Column '" + name(column) + "' of " + table.fullName() + keyInWords(row) + " has "
                                + e.getMessage()
                                + ". The source stops before this change; if the value is corrected in the table by now, the change is still in the log: take the column out of the contract, or go on behind it by order",
                        e);
            }
        }
    }

    private String keyInWords(Tuple row) {
        StringBuilder words = new StringBuilder(key.length == 0 ? "" : " where");
        for (int column : key) {
            words.append(column == key[0] ? " " : ", ").append(name(column)).append(" is ");
            words.append(row.has(column) ? text(row, column) : "not told");
        }
        return words.toString();
    }

    private String name(int column) {
        return table.columns().get(column).name();
    }

    private List<String> unchanged(Tuple row) {
        List<String> names = List.of();
        for (int column = 0; column < types.length; column++) {
            if (row.unchanged(column) && writer.wants(column)) {
                if (names.isEmpty()) {
                    names = new ArrayList<>();
                }
                names.add(mapping.told(column).orElseThrow());
            }
        }
        return names;
    }
}
