// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.PartitionValues;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notice or finish message, and where it stands.
 *
 * @param producer who wrote it, as it says itself; empty if it does not
 * @param mission whose end it tells; empty for none
 * @param table empty if it is about none
 * @param rows null if it does not say
 */
public record Heard(
        RecordPlace place,
        Instant at,
        String producer,
        String mission,
        String db,
        String table,
        String method,
        boolean success,
        List<PartitionValues> partitions,
        DataVersion version,
        @Nullable Long rows) {
    public Heard {
        partitions = List.copyOf(partitions);
    }
}
