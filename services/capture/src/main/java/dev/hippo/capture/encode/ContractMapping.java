// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which field of a contract takes which column of a table: that of the same name. Immutable. */
public final class ContractMapping {
    private final SourceTable table;
    private final @Nullable FieldDescriptor[] fields;
    private final List<String> problems = new ArrayList<>();

    private ContractMapping(SourceTable table, Descriptor contract) {
        this.table = table;
        this.fields = new FieldDescriptor[table.columns().size()];
        for (int i = 0; i < fields.length; i++) {
            Column column = table.columns().get(i);
            FieldDescriptor field = contract.findFieldByName(column.name());
            if (field != null && !fits(column, field)) {
                problems.add("column '" + column.name() + "' of " + table.fullName() + " is " + column.declared()
                        + " and field '" + field.getName() + "' of " + contract.getFullName() + " is "
                        + declared(field) + "; make it " + (column.list() ? "repeated " : "")
                        + column.type().contractType());
            }
            fields[i] = field;
        }
        for (FieldDescriptor field : contract.getFields()) {
            if (table.columns().stream().noneMatch(column -> column.name().equals(field.getName()))) {
                problems.add("field '" + field.getName() + "' of " + contract.getFullName() + " is no column of "
                        + table.fullName() + "; take it away, or name the column that it is");
            }
        }
    }

    /** Columns that the contract does not have are left out of its messages. */
    public static ContractMapping of(SourceTable table, Descriptor contract) {
        return new ContractMapping(table, contract);
    }

    /** What does not fit, in words for the writer of the contract; empty if all does. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    public SourceTable table() {
        return table;
    }

    /** The field of a column; null if the contract leaves it out. */
    @Nullable
    FieldDescriptor field(int column) {
        return fields[column];
    }

    private static String declared(FieldDescriptor field) {
        String type = field.getType() == FieldDescriptor.Type.MESSAGE
                ? field.getMessageType().getFullName()
                : field.getType().name().toLowerCase(Locale.ROOT);
        return field.isRepeated() ? "repeated " + type : type;
    }

    private static boolean fits(Column column, FieldDescriptor field) {
        if (field.isRepeated() != column.list()) {
            return false;
        }
        if (field.getType() == FieldDescriptor.Type.MESSAGE) {
            return takesTime(column.type())
                    && field.getMessageType()
                            .getFullName()
                            .equals(Timestamp.getDescriptor().getFullName());
        }
        return switch (column.type()) {
            case BOOL -> field.getType() == FieldDescriptor.Type.BOOL;
            case INT32 ->
                field.getType() == FieldDescriptor.Type.INT32 || field.getType() == FieldDescriptor.Type.INT64;
            case UINT32 ->
                field.getType() == FieldDescriptor.Type.UINT32
                        || field.getType() == FieldDescriptor.Type.UINT64
                        || field.getType() == FieldDescriptor.Type.INT64;
            case INT64 -> field.getType() == FieldDescriptor.Type.INT64;
            case UINT64 -> field.getType() == FieldDescriptor.Type.UINT64;
            case FLOAT ->
                field.getType() == FieldDescriptor.Type.FLOAT || field.getType() == FieldDescriptor.Type.DOUBLE;
            case DOUBLE -> field.getType() == FieldDescriptor.Type.DOUBLE;
            case BYTES -> field.getType() == FieldDescriptor.Type.BYTES;
            case INSTANT -> false;
            case DECIMAL, TEXT, LOCAL_DATE_TIME, DATE, TIME, ZONED_TIME, INTERVAL, JSON, UUID, ENUM, SET ->
                field.getType() == FieldDescriptor.Type.STRING;
        };
    }

    /** A date and time without a zone may be taken as UTC's, where a contract says so. */
    private static boolean takesTime(ColumnType type) {
        return type == ColumnType.INSTANT || type == ColumnType.LOCAL_DATE_TIME;
    }
}
