// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the log tells of a table before its rows, as it was there.
 *
 * @param identity what it tells of old rows: d the primary key, i an index, f all, n nothing
 */
record RelationMessage(String schema, String name, char identity, List<Column> columns) {
    /**
     * A column.
     *
     * @param key whether it is told of old rows
     * @param type an oid
     */
    record Column(boolean key, String name, int type, int modifier) {}

    RelationMessage {
        columns = List.copyOf(columns);
    }

    /** From behind the oid of the table. */
    static RelationMessage read(byte[] message, int from) {
        int schemaEnd = end(message, from);
        int nameEnd = end(message, schemaEnd + 1);
        int at = nameEnd + 1;
        char identity = (char) message[at++];
        int count = Bytes.shortAt(message, at);
        at += 2;
        List<Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean key = (message[at] & 1) != 0;
            int columnEnd = end(message, at + 1);
            columns.add(new Column(
                    key,
                    text(message, at + 1, columnEnd),
                    Bytes.intAt(message, columnEnd + 1),
                    Bytes.intAt(message, columnEnd + 5)));
            at = columnEnd + 9;
        }
        String schema = text(message, from, schemaEnd);
        return new RelationMessage(
                schema.isEmpty() ? "pg_catalog" : schema, text(message, schemaEnd + 1, nameEnd), identity, columns);
    }

    private static int end(byte[] message, int from) {
        int at = from;
        while (message[at] != 0) {
            at++;
        }
        return at;
    }

    private static String text(byte[] message, int from, int to) {
        return new String(message, from, to - from, StandardCharsets.UTF_8);
    }
}
