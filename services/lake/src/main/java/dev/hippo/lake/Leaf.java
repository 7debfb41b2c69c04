// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.data.Row;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.SingleAction;
import java.util.Optional;

/**
 * A live file of a table whose rows are kept by their keys.
 *
 * @param scanFile as Kernel lists it
 * @param rows how many it has; -1 if the log does not tell
 */
record Leaf(Row scanFile, KeyRange range, long bytes, long rows) {
    /** The action that takes it away. */
    Row removal(long millis) {
        Row file = scanFile.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL);
        return SingleAction.createRemoveFileSingleAction(new AddFile(file).toRemoveFileRow(true, Optional.of(millis)));
    }
}
