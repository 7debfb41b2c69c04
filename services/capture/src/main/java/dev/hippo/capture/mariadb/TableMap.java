// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table's description in the log, which comes before its rows. What lies behind the types is there only with the server's setting {@code binlog_row_metadata}.
 *
 * @param types as {@link WireType} has them, with enum and set told apart from text
 * @param notes lengths, digits and such, by column
 * @param names of the columns; empty if the log does not tell
 * @param unsigned by column; null if the log does not tell
 * @param collations numbers of the collations of the columns with text in order, as far as the log tells each
 * @param defaultCollation of the columns with text that {@code collationOf} does not name; 0 if the log does not tell
 * @param collationOf by the column's place among those with text
 * @param labels of enums and sets, by column
 * @param key places of the key's columns; empty if it has none or the log does not tell
 */
record TableMap(
        String schema,
        String table,
        int[] types,
        int[] notes,
        boolean[] nullable,
        List<String> names,
        boolean @Nullable [] unsigned,
        List<Integer> collations,
        int defaultCollation,
        Map<Integer, Integer> collationOf,
        Map<Integer, List<String>> labels,
        List<Integer> key) {
    private static final int TABLE_ID = 6;
    private static final int FLAGS = 2;
    private static final int SIGNS = 1;
    private static final int DEFAULT_CHARSET = 2;
    private static final int COLUMN_CHARSET = 3;
    private static final int COLUMN_NAME = 4;
    private static final int SET_LABELS = 5;
    private static final int ENUM_LABELS = 6;
    private static final int KEY = 8;
    private static final int KEY_WITH_PREFIX = 9;

    int columns() {
        return types.length;
    }

    /** The number by which rows name the table. */
    static long tableId(byte[] body) {
        return new Bytes(body, 0, body.length).little(TABLE_ID);
    }

    static TableMap of(byte[] body, int end) {
        Bytes bytes = new Bytes(body, TABLE_ID + FLAGS, end);
        String schema = bytes.zeroEnded();
        String table = bytes.zeroEnded();
        int columns = (int) bytes.packed();
        int[] types = new int[columns];
        for (int i = 0; i < columns; i++) {
            types[i] = bytes.next();
        }
        bytes.packed();
        int[] notes = new int[columns];
        for (int i = 0; i < columns; i++) {
            readNote(bytes, types, notes, i);
        }
        boolean[] nullable = new boolean[columns];
        int nulls = bytes.at();
        for (int i = 0; i < columns; i++) {
            nullable[i] = (body[nulls + (i >> 3)] & (1 << (i & 7))) != 0;
        }
        bytes.skip((columns + 7) / 8);
        return new Described(schema, table, types, notes, nullable).read(bytes);
    }

    private static void readNote(Bytes bytes, int[] types, int[] notes, int column) {
        int length = WireType.noteLength(types[column]);
        if (types[column] != WireType.STRING) {
            notes[column] = (int) bytes.little(length);
            return;
        }
        int first = bytes.next();
        int second = bytes.next();
        if (first == WireType.ENUM || first == WireType.SET) {
            types[column] = first;
            notes[column] = second;
        } else if ((first & 0x30) == 0x30) {
            notes[column] = second;
        } else {
            // a length of more than a byte hides two bits in the type
            notes[column] = second | (((first & 0x30) ^ 0x30) << 4);
        }
    }

    /** What may follow the types. */
    private static final class Described {
        private final String schema;
        private final String table;
        private final int[] types;
        private final int[] notes;
        private final boolean[] nullable;
        private final List<String> names = new ArrayList<>();
        private boolean @Nullable [] unsigned;
        private final List<Integer> collations = new ArrayList<>();
        private int defaultCollation;
        private final Map<Integer, Integer> collationOf = new HashMap<>();
        private final Map<Integer, List<String>> labels = new HashMap<>();
        private final List<Integer> key = new ArrayList<>();

        Described(String schema, String table, int[] types, int[] notes, boolean[] nullable) {
            this.schema = schema;
            this.table = table;
            this.types = types;
            this.notes = notes;
            this.nullable = nullable;
        }

        TableMap read(Bytes bytes) {
            while (bytes.left() > 0) {
                int kind = bytes.next();
                int length = (int) bytes.packed();
                Bytes part = bytes.part(length);
                switch (kind) {
                    case SIGNS -> readSigns(part);
                    case DEFAULT_CHARSET -> readDefaultCharset(part);
                    case COLUMN_CHARSET -> readAll(part, collations);
                    case COLUMN_NAME -> readNames(part);
                    case SET_LABELS -> readLabels(part, WireType.SET);
                    case ENUM_LABELS -> readLabels(part, WireType.ENUM);
                    case KEY -> readAll(part, key);
                    case KEY_WITH_PREFIX -> readPrefixedKey(part);
                    default -> part.skip(part.left());
                }
            }
            return new TableMap(
                    schema,
                    table,
                    types,
                    notes,
                    nullable,
                    names,
                    unsigned,
                    collations,
                    defaultCollation,
                    collationOf,
                    labels,
                    key);
        }

        private void readSigns(Bytes part) {
            boolean[] signs = new boolean[types.length];
            int numbers = 0;
            int bits = 0;
            for (int i = 0; i < types.length; i++) {
                if (WireType.isNumber(types[i])) {
                    if ((numbers & 7) == 0) {
                        bits = part.next();
                    }
                    signs[i] = (bits & (0x80 >> (numbers & 7))) != 0;
                    numbers++;
                }
            }
            unsigned = signs;
        }

        private void readDefaultCharset(Bytes part) {
            defaultCollation = (int) part.packed();
            while (part.left() > 0) {
                collationOf.put((int) part.packed(), (int) part.packed());
            }
        }

        private static void readAll(Bytes part, List<Integer> to) {
            while (part.left() > 0) {
                to.add((int) part.packed());
            }
        }

        private void readNames(Bytes part) {
            while (part.left() > 0) {
                names.add(part.text((int) part.packed()));
            }
        }

        private void readPrefixedKey(Bytes part) {
            while (part.left() > 0) {
                key.add((int) part.packed());
                part.packed();
            }
        }

        private void readLabels(Bytes part, int type) {
            for (int i = 0; i < types.length && part.left() > 0; i++) {
                if (types[i] == type) {
                    int count = (int) part.packed();
                    List<String> texts = new ArrayList<>(count);
                    for (int label = 0; label < count; label++) {
                        texts.add(part.text((int) part.packed()));
                    }
                    labels.put(i, texts);
                }
            }
        }
    }

    /** Reads numbers and text from a part of an array. */
    static final class Bytes {
        private final byte[] bytes;
        private final int end;
        private int at;

        Bytes(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.at = from;
            this.end = end;
        }

        int at() {
            return at;
        }

        int left() {
            return end - at;
        }

        int next() {
            return bytes[at++] & 0xFF;
        }

        void skip(int count) {
            at += count;
        }

        Bytes part(int count) {
            Bytes part = new Bytes(bytes, at, at + count);
            at += count;
            return part;
        }

        long little(int count) {
            long value = 0;
            for (int i = 0; i < count; i++) {
                value |= (long) next() << (8 * i);
            }
            return value;
        }

        /** A number that tells its length in its first byte. */
        long packed() {
            int first = next();
            return switch (first) {
                case 252 -> little(2);
                case 253 -> little(3);
                case 254 -> little(8);
                default -> first;
            };
        }

        String text(int length) {
            String text = new String(bytes, at, length, StandardCharsets.UTF_8);
            at += length;
            return text;
        }

        /** Text behind a byte with its length, and a zero behind it. */
        String zeroEnded() {
            String text = text(next());
            at++;
            return text;
        }
    }
}
