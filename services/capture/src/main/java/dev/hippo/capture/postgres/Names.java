// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceTable;

/** Names as SQL has them, whatever is in them. */
final class Names {
    private Names() {}

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String quoted(SourceTable table) {
        return quoted(table.schema()) + "." + quoted(table.name());
    }

    /** A text in single quotes. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
