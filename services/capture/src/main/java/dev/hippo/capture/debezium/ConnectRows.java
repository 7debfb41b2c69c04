// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Tells the rows of a table that a connector has told, by the columns that they have. Not thread-safe. */
final class ConnectRows implements TableRows {
    private final SourceTable table;
    private final List<Field> fields;
    private final boolean[] key;
    private final ImageWriter image;
    private final ImageWriter keyImage;

    private final UnchangedValue unchanged;

    private ConnectRows(SourceTable table, List<Field> fields, ContractMapping mapping, UnchangedValue unchanged) {
        this.table = table;
        this.fields = fields;
        this.unchanged = unchanged;
        this.image = new ImageWriter(mapping);
        this.keyImage = new ImageWriter(mapping);
        this.key = new boolean[fields.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = table.key().contains(table.columns().get(i).name());
        }
    }

    /**
     * For rows of such a form.
     *
     * @param known the table as it is now, which may have other columns
     */
    static ConnectRows of(SourceTable known, Schema row, Contracts contracts) throws SourceFailure {
        List<Column> columns = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        for (Field field : row.fields()) {
            Column column = known.columns().stream()
                    .filter(each -> each.name().equals(field.name()))
                    .findFirst()
                    .orElseGet(() -> ConnectTypes.column(field.name(), field.schema()));
            if (column != null) {
                columns.add(column);
                fields.add(field);
            }
        }
        SourceTable table = new SourceTable(known.schema(), known.name(), columns, known.key());
        return new ConnectRows(table, fields, contracts.mapping(table), UnchangedValue.NEVER);
    }

    /**
     * For rows of a table of which nothing is known but their form.
     *
     * @param fields one for each column
     * @param unchanged how a value is told that is not told because it did not change
     */
    static ConnectRows of(SourceTable table, List<Field> fields, ContractMapping mapping, UnchangedValue unchanged) {
        return new ConnectRows(table, fields, mapping, unchanged);
    }

    @Override
    public void insert(Struct after, ChangeListener to) throws SourceFailure, InterruptedException {
        byte[] row = image(after);
        to.change(new RowChange(Op.CREATE, table, lastKey(), null, row, List.of()));
    }

    @Override
    public void update(@Nullable Struct before, Struct after, ChangeListener to)
            throws SourceFailure, InterruptedException {
        byte[] old = before == null ? null : image(before);
        byte[] row = image(after);
        to.change(new RowChange(Op.UPDATE, table, lastKey(), old, row, List.of()));
    }

    @Override
    public void delete(Struct before, ChangeListener to) throws SourceFailure, InterruptedException {
        byte[] old = image(before);
        to.change(new RowChange(Op.DELETE, table, lastKey(), old, null, List.of()));
    }

    @Override
    public void truncate(ChangeListener to) throws InterruptedException {
        to.change(new RowChange(Op.TRUNCATE, table, null, null, null, List.of()));
    }

    private byte @Nullable [] lastKey() {
        return table.key().isEmpty() ? null : keyImage.end();
    }

    private byte[] image(Struct row) throws SourceFailure {
        image.begin();
        keyImage.begin();
        for (int i = 0; i < key.length; i++) {
            Field field = fields.get(i);
            Object value = row.getWithoutDefault(field.name());
            if (value != null && image.wants(i)) {
                unchanged.check(table, field.name(), value);
                put(i, field, value);
            }
        }
        return image.end();
    }

    private void put(int at, Field field, Object value) throws SourceFailure {
        Column column = table.columns().get(at);
        try {
            if (column.list()) {
                for (Object one : (List<?>) value) {
                    if (one == null) {
                        throw new ClassCastException("a list has a NULL");
                    }
                    ConnectValues.put(image, at, column, field.schema().valueSchema(), one);
                }
                return;
            }
            ConnectValues.put(image, at, column, field.schema(), value);
            if (key[at]) {
                ConnectValues.put(keyImage, at, column, field.schema(), value);
            }
        } catch (DateTimeException | ClassCastException | ArithmeticException e) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "a value of column '" + column.name() + "' of " + table.fullName() + " cannot be told: it is no "
                            + column.type() + "; take the column out of the contract",
                    e);
        }
    }
}
