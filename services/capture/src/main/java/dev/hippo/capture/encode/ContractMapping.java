// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import dev.hippo.pipeline.RowMapping;
import dev.hippo.pipeline.TextMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which field of a contract takes which column of a table: that of the same name, unless it is said otherwise. Immutable. */
public final class ContractMapping {
    private final SourceTable table;
    private final RowMapping said;
    private final @Nullable FieldDescriptor[] fields;
    private final List<String> problems = new ArrayList<>();

    private ContractMapping(SourceTable table, Descriptor contract, RowMapping said) {
        this.table = table;
        this.said = said;
        this.fields = new FieldDescriptor[table.columns().size()];
        for (int i = 0; i < fields.length; i++) {
            Column column = table.columns().get(i);
            FieldDescriptor field = field(column.name(), contract);
            if (field != null && !fits(column, field)) {
                problems.add("column '" + column.name() + "' of " + table.fullName() + " is " + column.declared()
                        + " and field '" + field.getName() + "' of " + contract.getFullName() + " is "
                        + declared(field) + "; make it " + (column.list() ? "repeated " : "")
                        + column.type().contractType());
            }
            fields[i] = field;
        }
        for (FieldDescriptor field : contract.getFields()) {
            if (Arrays.stream(fields).noneMatch(field::equals)) {
                problems.add("field '" + field.getName() + "' of " + contract.getFullName() + " is no column of "
                        + table.fullName() + "; take it away, or name the column that it is");
            }
        }
        for (String column : said.rename().keySet()) {
            if (table.columns().stream().noneMatch(each -> each.name().equals(column))) {
                problems.add("'rename' names a column '" + column + "', which " + table.fullName() + " does not have");
            }
        }
    }

    private @Nullable FieldDescriptor field(String column, Descriptor contract) {
        String renamed = said.rename().get(column);
        if (renamed != null) {
            return contract.findFieldByName(renamed);
        }
        // another column may have taken the name
        return said.rename().containsValue(column) ? null : contract.findFieldByName(column);
    }

    /** Columns that the contract does not have are left out of its messages. */
    public static ContractMapping of(SourceTable table, Descriptor contract) {
        return of(table, contract, RowMapping.NONE);
    }

    /** The same, as the pipeline file says it. */
    public static ContractMapping of(SourceTable table, Descriptor contract, RowMapping said) {
        return new ContractMapping(table, contract, said);
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

    /** The name under which a column is told; empty if the contract leaves it out. */
    public Optional<String> told(int column) {
        return Optional.ofNullable(fields[column]).map(FieldDescriptor::getName);
    }

    /** What makes of a column's text what is told of it; null if it is told as it is. */
    @Nullable
    TextMasker masker(int column) {
        FieldDescriptor field = fields[column];
        TextMask mask = field == null ? null : said.mask().get(field.getName());
        return mask == null ? null : new TextMasker(mask, said.salt());
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
