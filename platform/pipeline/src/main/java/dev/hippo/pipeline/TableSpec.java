// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Delta table bound to a contract.
 *
 * @param contract the full name of the protobuf message
 * @param partitionBy the partition columns, in order; empty for an unpartitioned table
 * @param at the table's location (a path or URI), null for the pipeline's own lake folder
 * @param headers whether the event headers are kept as columns beside the contract's
 * @param keep of a table of the latest rows: how long the files are kept that a later version has replaced; null where the file does not say
 */
public record TableSpec(
        String name,
        String contract,
        List<PartitionColumn> partitionBy,
        @Nullable String at,
        boolean headers,
        @Nullable Duration keep) {
    /** What holds where the file does not say. */
    public static final Duration KEEP = Duration.ofDays(1);

    /** A table that keeps replaced files as by default. */
    public TableSpec(
            String name, String contract, List<PartitionColumn> partitionBy, @Nullable String at, boolean headers) {
        this(name, contract, partitionBy, at, headers, null);
    }

    public TableSpec {
        partitionBy = List.copyOf(partitionBy);
    }
}
