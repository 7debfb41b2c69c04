// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Delta table bound to a contract.
 *
 * @param contract the full name of the protobuf message
 * @param partitionBy the partition columns, in order; empty for an unpartitioned table
 * @param at the table's location (a path or URI), null for the pipeline's own lake folder
 * @param headers whether the event headers are kept as columns beside the contract's
 */
public record TableSpec(
        String name,
        String contract,
        List<PartitionColumn> partitionBy,
        @Nullable String at,
        boolean headers) {
    public TableSpec {
        partitionBy = List.copyOf(partitionBy);
    }
}
