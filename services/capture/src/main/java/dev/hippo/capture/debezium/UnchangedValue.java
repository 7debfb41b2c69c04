// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The word that a connector tells instead of a large value that did not change, where the database does not tell it either. Immutable. */
final class UnchangedValue {
    /** For a database that tells every value. */
    static final UnchangedValue NEVER = new UnchangedValue("");

    private final String word;
    private final byte[] bytes;

    UnchangedValue(String word) {
        this.word = word;
        this.bytes = word.getBytes(StandardCharsets.UTF_8);
    }

    /** @throws SourceFailure if the value is that word: without it the row would not be whole */
    void check(SourceTable table, String column, Object value) throws SourceFailure {
        if (!word.isEmpty() && isWord(value)) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "the database did not tell column '" + column + "' of " + table.fullName()
                            + ", because it did not change, and the connector cannot ask for it; let the database tell whole rows"
                            + " (of PostgreSQL: ALTER TABLE " + table.fullName()
                            + " REPLICA IDENTITY FULL; of Oracle: properties: {lob.enabled: \"true\"}), or take the column out of the contract");
        }
    }

    private boolean isWord(Object value) {
        if (value instanceof List<?> list) {
            return list.size() == 1 ? isWord(list.get(0)) : isBytes(list);
        }
        byte[] binary = PostgresTextValues.bytes(value);
        return binary == null ? word.equals(value) : Arrays.equals(binary, bytes);
    }

    /** Of a list of numbers. */
    private boolean isBytes(List<?> list) {
        if (list.size() != bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (!(list.get(i) instanceof Number number) || number.intValue() != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
