// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.ByteString;
import dev.hippo.change.v1.ChangeEvent;
import java.util.List;

/**
 * A row whose changes were not taken, with everything that has come for it since.
 *
 * @param key as a message of the table's contract; empty for a table without a key, of which all rows are parked together
 * @param because why its first change was not taken
 * @param changes in their order, the first is the one that was not taken
 */
public record ParkedRow(String table, ByteString key, String because, List<ChangeEvent> changes) {
    public ParkedRow {
        changes = List.copyOf(changes);
    }

    @Override
    public String toString() {
        return "row of " + table + ", " + changes.size() + " changes, parked because " + because;
    }
}
