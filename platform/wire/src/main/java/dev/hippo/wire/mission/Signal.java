// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What a message on a notice topic or on {@code hippo-finish} says that may start a mission. */
public sealed interface Signal {
    /** The partitions that it is about; at least one, {@link PartitionValues#WHOLE} for a table without any. */
    List<PartitionValues> partitions();

    DataVersion version();

    /** Whether what it tells of went well. */
    boolean success();

    /** The message as it came, unknown fields and all. */
    ObjectNode message();

    /**
     * A table's partitions are ready.
     *
     * @param db empty if the message names none
     * @param method how the data was written, such as {@code overwrite_partition}; empty if the message does not say
     */
    record Notice(
            String db,
            String table,
            String method,
            boolean success,
            List<PartitionValues> partitions,
            DataVersion version,
            ObjectNode message)
            implements Signal {
        public Notice {
            partitions = List.copyOf(partitions);
        }
    }

    /** A mission of a hippo has ended. */
    record Finish(
            String hippo, boolean success, List<PartitionValues> partitions, DataVersion version, ObjectNode message)
            implements Signal {
        public Finish {
            partitions = List.copyOf(partitions);
        }
    }
}
