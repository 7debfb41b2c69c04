// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.verify;

import java.util.List;
import java.util.Map;

/**
 * A row that is not the same in a table and in the topic of its latest rows.
 *
 * @param key of the record, as text
 * @param fields that differ; empty unless the row is in both
 * @param columns the value of each column of the key
 * @param gone the key as a message of the contract, in base 64, for an order that takes the row away; empty unless only the topic has it
 */
public record RowDifference(String key, Kind kind, List<String> fields, Map<String, String> columns, String gone) {
    public RowDifference {
        fields = List.copyOf(fields);
        columns = Map.copyOf(columns);
    }

    /** In what way. */
    public enum Kind {
        /** The table has it, the topic has not. */
        MISSING("missing in the topic"),
        /** The topic has it, the table has not. */
        LEFT("not in the table any more"),
        /** The topic has it, a copy of the table has not. */
        COPY_MISSING("missing in the copy"),
        /** The copy has it, the topic has not. */
        COPY_LEFT("not in the topic any more"),
        DIFFERENT("different"),
        /** It was changed again at every look, so that nothing can be said of it. */
        UNDECIDED("changed at every look");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }
}
