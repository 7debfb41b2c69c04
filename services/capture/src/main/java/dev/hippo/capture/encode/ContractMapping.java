// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import dev.hippo.pipeline.FieldPath;
import dev.hippo.pipeline.RowMapping;
import dev.hippo.pipeline.TextMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which field of a contract takes which column of a table: that of the same name, unless it is said otherwise. Immutable. */
public final class ContractMapping {
    private final SourceTable table;
    private final RowMapping said;
    private final @Nullable FieldPath[] paths;
    private final List<String> problems = new ArrayList<>();

    private ContractMapping(SourceTable table, Descriptor contract, RowMapping said) {
        this.table = table;
        this.said = said;
        this.paths = new FieldPath[table.columns().size()];
        for (int i = 0; i < paths.length; i++) {
            Column column = table.columns().get(i);
            FieldPath path = path(column.name(), contract);
            if (path != null && !fits(column, path.last())) {
                problems.add("column '" + column.name() + "' of " + table.fullName() + " is " + column.declared()
                        + " and field '" + path.name() + "' of " + contract.getFullName() + " is "
                        + declared(path.last()) + "; make it " + (column.list() ? "repeated " : "")
                        + column.type().contractType());
            }
            paths[i] = path;
        }
        List<String> told = Arrays.stream(paths)
                .filter(Objects::nonNull)
                .map(FieldPath::name)
                .toList();
        checkColumns(told, contract, contract, "");
        for (String column : said.rename().keySet()) {
            if (table.columns().stream().noneMatch(each -> each.name().equals(column))) {
                problems.add("'rename' names a column '" + column + "', which " + table.fullName() + " does not have");
            }
        }
    }

    /** Each field is a column, or a message of which each field is one. */
    private void checkColumns(List<String> told, Descriptor message, Descriptor contract, String before) {
        for (FieldDescriptor field : message.getFields()) {
            String name = before + field.getName();
            if (told.stream().anyMatch(each -> each.startsWith(name + "."))) {
                checkColumns(told, field.getMessageType(), contract, name + ".");
            } else if (!told.contains(name)) {
                problems.add("field '" + name + "' of " + contract.getFullName() + " is no column of "
                        + table.fullName() + "; take it away, or name the column that it is");
            }
        }
    }

    private @Nullable FieldPath path(String column, Descriptor contract) {
        String renamed = said.rename().get(column);
        if (renamed != null) {
            try {
                return FieldPath.forColumn(contract, renamed);
            } catch (IllegalArgumentException e) {
                problems.add("'rename' of column '" + column + "': " + e.getMessage());
                return null;
            }
        }
        // another column may have taken the name, or others what is in the field
        boolean taken = said.rename().values().stream()
                .anyMatch(field -> field.equals(column) || field.startsWith(column + "."));
        FieldDescriptor field = taken ? null : contract.findFieldByName(column);
        return field == null ? null : new FieldPath(List.of(field));
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
    FieldPath path(int column) {
        return paths[column];
    }

    /** Whether any column is told in a message of the row's message. */
    boolean nests() {
        return Arrays.stream(paths)
                .anyMatch(path -> path != null && path.fields().size() > 1);
    }

    /** The name under which a column is told, with dots where it is in a message; empty if the contract leaves it out. */
    public Optional<String> told(int column) {
        return Optional.ofNullable(paths[column]).map(FieldPath::name);
    }

    /** What makes of a column's text what is told of it; null if it is told as it is. */
    @Nullable
    TextMasker masker(int column) {
        FieldPath path = paths[column];
        TextMask mask = path == null ? null : said.mask().get(path.name());
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
