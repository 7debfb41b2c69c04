// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.Snapshot;
import io.delta.kernel.data.Row;
import java.io.IOException;
import java.util.List;

/** What a commit does to a table. */
interface TableChanges {
    /** Whether it depends on the rows that the table has, so that it has to be found anew when another has committed in between. */
    boolean readsTable();

    /**
     * Writes the files of the commit.
     *
     * @param snapshot the version behind which it will be
     * @return the actions that add them, and take away what they replace
     */
    List<Row> write(Snapshot snapshot, DataFiles files) throws IOException;
}
