// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.PartitionValues;
import java.time.Instant;
import java.util.List;

/** A table has new data. */
public record TableNews(
        String db,
        String table,
        String hippo,
        String method,
        List<PartitionValues> partitions,
        DataVersion version,
        Instant heardAt) {
    public TableNews {
        partitions = List.copyOf(partitions);
    }
}
