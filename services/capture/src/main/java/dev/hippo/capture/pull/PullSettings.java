// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.contracts.KeyReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a {@link CycleSource} has to know.
 *
 * @param table what the rows are called, with a dot
 * @param key the fields of the topic's key
 * @param record how the record's key is made of a message
 * @param every the time from the beginning of one scan to that of the next
 * @param changes whether somebody is told of all changes, and so wants rows before they were changed
 * @param folder for what it keeps from one cycle to the next; its own
 */
public record PullSettings(
        String table,
        Descriptor contract,
        List<String> key,
        KeyReader record,
        Duration every,
        boolean changes,
        Path folder) {
    public PullSettings {
        key = List.copyOf(key);
    }
}
