// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a table for values that its log leaves out because they did not change. */
@FunctionalInterface
interface CurrentValues {
    /**
     * Reads some columns of one row.
     *
     * @param key the text of each column of the key, by name
     * @return a line of COPY with these columns as they are now; null if the row or one of the columns is not there any more
     */
    byte @Nullable [] read(SourceTable table, List<String> columns, Map<String, String> key) throws SourceFailure;
}
