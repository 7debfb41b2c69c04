// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.util.Map;

/**
 * A range of a table's rows in the order of its key, its bounds in the source's own text.
 *
 * @param from the value of each column of the key; empty for the first row
 * @param behind whether it begins behind {@code from}, not with it
 * @param to the value of each column of the key of the last row; empty for the table's last
 */
public record KeyRange(Map<String, String> from, boolean behind, Map<String, String> to) {
    public KeyRange {
        from = Map.copyOf(from);
        to = Map.copyOf(to);
    }
}
