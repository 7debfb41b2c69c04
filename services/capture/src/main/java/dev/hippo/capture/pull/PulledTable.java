// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is pulled, as a table: a source without types of its own has those of its contract. */
final class PulledTable {
    private PulledTable() {}

    /**
     * The table.
     *
     * @param fullName with a dot
     * @param key fields of the contract
     * @throws SourceFailure if the contract has a field that no value can be given to
     */
    static SourceTable of(String fullName, Descriptor contract, List<String> key) throws SourceFailure {
        List<Column> columns = new ArrayList<>();
        for (FieldDescriptor field : contract.getFields()) {
            ColumnType type = type(field);
            if (type == null) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "field '" + field.getName() + "' of " + contract.getFullName()
                                + " has a type that a scan cannot fill; make it bool, int32, int64, uint32, uint64,"
                                + " float, double, string, bytes or google.protobuf.Timestamp, or a list of these");
            }
            columns.add(new Column(
                    field.getName(), type, field.isRepeated(), !key.contains(field.getName()), type.contractType()));
        }
        int dot = fullName.indexOf('.');
        return new SourceTable(fullName.substring(0, dot), fullName.substring(dot + 1), columns, key);
    }

    private static @Nullable ColumnType type(FieldDescriptor field) {
        return switch (field.getType()) {
            case BOOL -> ColumnType.BOOL;
            case INT32 -> ColumnType.INT32;
            case INT64 -> ColumnType.INT64;
            case UINT32 -> ColumnType.UINT32;
            case UINT64 -> ColumnType.UINT64;
            case FLOAT -> ColumnType.FLOAT;
            case DOUBLE -> ColumnType.DOUBLE;
            case STRING -> ColumnType.TEXT;
            case BYTES -> ColumnType.BYTES;
            case MESSAGE ->
                field.getMessageType()
                                .getFullName()
                                .equals(Timestamp.getDescriptor().getFullName())
                        ? ColumnType.INSTANT
                        : null;
            default -> null;
        };
    }
}
