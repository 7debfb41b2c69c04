// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.WireReader;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A message as a struct: one column for each of its fields, filled by a table that is indexed by field number. */
public final class MessageColumn extends Column {
    private final List<Column> columns = new ArrayList<>();
    private final List<FieldDescriptor> fields;
    private final int[] slots;
    /** For each field of the struct its column, or one of nulls where the contract has no such field. */
    private final List<ColumnVector> children = new ArrayList<>();
    /** Where each message-typed field of the row that is being read stood, to merge a second part of it. */
    private final int[] partFrom;

    private final int[] partLength;
    /** The array in which it stood: the row's own, or one of parts merged before. */
    private final byte[][] parts;

    private boolean marking;
    private boolean hasNulls;

    /**
     * A message in a struct that has all its fields, in whatever order, and maybe others, which stay null.
     *
     * @throws IllegalArgumentException if the struct lacks a field of the message
     */
    public MessageColumn(StructType type, Descriptor message) {
        super(type);
        this.fields = message.getFields();
        int highest = fields.stream().mapToInt(FieldDescriptor::getNumber).max().orElse(0);
        if (highest > 100_000) {
            throw new IllegalArgumentException("field number " + highest + " of " + message.getFullName()
                    + " is too high for a table of fields; use numbers below 100,000");
        }
        this.slots = new int[highest + 1];
        Arrays.fill(slots, -1);
        for (FieldDescriptor field : fields) {
            slots[field.getNumber()] = columns.size();
            int at = type.indexOf(field.getName());
            if (at < 0) {
                throw new IllegalArgumentException("the table has no column for field '" + field.getName() + "'");
            }
            columns.add(Columns.of(field, type.at(at).getDataType()));
        }
        type.fields().forEach(field -> {
            FieldDescriptor known = message.findFieldByName(field.getName());
            children.add(
                    known == null ? new NullColumn(field.getDataType(), this) : columns.get(slots[known.getNumber()]));
        });
        this.partFrom = new int[columns.size()];
        this.partLength = new int[columns.size()];
        this.parts = new byte[columns.size()][];
    }

    @Override
    long heldValues() {
        return columns.stream().mapToLong(Column::held).sum();
    }

    @Override
    int wireType() {
        return 2;
    }

    @Override
    void store(WireReader in, int index) {
        fill(in.inner(), index);
    }

    /** Appends a whole message. On malformed bytes the column is as before. */
    public void append(byte[] message) {
        int rows = getSize();
        try {
            fill(new WireReader(message, 0, message.length), rows);
        } catch (RuntimeException e) {
            columns.forEach(column -> column.truncate(rows));
            throw e;
        }
        // marks the row as present; its values are in the columns already
        appendMark();
    }

    private void appendMark() {
        marking = true;
        appendDefault();
        marking = false;
    }

    private void fill(WireReader in, int row) {
        Arrays.fill(partLength, -1);
        int[] from = partFrom;
        int[] lengths = partLength;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            int number = tag >>> 3;
            int slot = number < slots.length ? slots[number] : -1;
            if (slot < 0) {
                in.skipValue(tag);
                continue;
            }
            Column column = columns.get(slot);
            if (column instanceof ListColumn list) {
                if (!list.take(tag, in, row)) {
                    in.skipValue(tag);
                }
            } else if ((tag & 7) != column.wireType()) {
                // not the field's wire type: protobuf keeps it as an unknown field
                in.skipValue(tag);
            } else if (column instanceof MessageColumn message && column.getSize() > row) {
                parts[slot] = merge(message, slot, in, row);
            } else {
                if (column.getSize() > row) {
                    column.truncate(row);
                }
                if (column instanceof MessageColumn message) {
                    WireReader peek = new WireReader(in.array(), in.position(), in.remaining());
                    parts[slot] = in.array();
                    lengths[slot] = peek.length();
                    from[slot] = peek.position();
                    message.append(in);
                } else {
                    column.append(in);
                }
            }
        }
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (column.getSize() == row) {
                if (fields.get(i).isRepeated() || !fields.get(i).hasPresence()) {
                    column.appendDefault();
                } else {
                    column.appendNull();
                }
            }
        }
    }

    /** A message field that comes in two parts is the message of both parts' bytes together (protobuf's merge). */
    private byte[] merge(MessageColumn column, int slot, WireReader in, int row) {
        int[] from = partFrom;
        int[] lengths = partLength;
        byte[] earlier = parts[slot];
        int second = in.length();
        byte[] both = new byte[lengths[slot] + second];
        System.arraycopy(earlier, from[slot], both, 0, lengths[slot]);
        System.arraycopy(in.array(), in.position(), both, lengths[slot], second);
        in.skip(second);
        column.truncate(row);
        column.append(both);
        from[slot] = 0;
        lengths[slot] = both.length;
        return both;
    }

    @Override
    void storeDefault(int index) {
        if (!marking) {
            fill(new WireReader(new byte[0], 0, 0), index);
        }
    }

    @Override
    void cut(int index) {
        columns.forEach(column -> column.truncate(index));
    }

    /** A field's column, null also where the whole message is. */
    public ColumnVector presentChild(int ordinal) {
        return hasNulls ? new PresentColumn(this, children.get(ordinal)) : children.get(ordinal);
    }

    @Override
    void storeNull(int index) {
        hasNulls = true;
        super.storeNull(index);
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        return children.get(ordinal);
    }
}
