// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.lake.columns.Columns;
import dev.hippo.pipeline.TableSpec;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a table: the contract's, those of the partitions that are no field, and those of the headers.
 *
 * @param contractSchema one column per field of the contract
 * @param schema all columns
 */
record TableLayout(StructType contractSchema, StructType schema, List<PartitionSource> partitions, boolean headers) {
    TableLayout {
        partitions = List.copyOf(partitions);
    }

    /**
     * Lays a table out.
     *
     * @throws IllegalArgumentException if the contract or a partition column cannot be held
     */
    static TableLayout of(TableSpec table, Contract contract) {
        StructType contractSchema = Columns.schema(contract.descriptor());
        List<StructField> fields = new ArrayList<>(contractSchema.fields());
        List<PartitionSource> partitions = new ArrayList<>();
        table.partitionBy().forEach(column -> {
            PartitionSource source = new PartitionSource(column, contract, contractSchema);
            partitions.add(source);
            if (!source.isContractField(contractSchema)) {
                fields.add(new StructField(source.name(), source.type(), true));
            }
        });
        if (table.headers()) {
            fields.addAll(HeaderColumns.FIELDS);
        }
        return new TableLayout(contractSchema, new StructType(fields), partitions, table.headers());
    }

    /** With further columns. */
    TableLayout with(List<StructField> more) {
        List<StructField> fields = new ArrayList<>(schema.fields());
        fields.addAll(more);
        return new TableLayout(contractSchema, new StructType(fields), partitions, headers);
    }

    /** The partition of a row, from its message. */
    PartitionKey partition(byte[] row) {
        List<String> values = new ArrayList<>(partitions.size());
        for (PartitionSource source : partitions) {
            values.add(source.read(row));
        }
        return new PartitionKey(values);
    }

    List<String> partitionNames() {
        return partitions.stream().map(PartitionSource::name).toList();
    }
}
