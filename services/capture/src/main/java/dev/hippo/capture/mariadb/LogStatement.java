// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a statement in the log does to tables, as far as a reader of rows has to know.
 *
 * @param kind what
 * @param tables which; of {@link Kind#DROP_SCHEMA} with the schema alone
 */
record LogStatement(Kind kind, List<Name> tables) {
    /** What is done. */
    enum Kind {
        /** All rows go at once. */
        EMPTIED,
        /** The table goes with all its rows, and another of that name may come. */
        DROPPED,
        /** The table may be another one from here. */
        CHANGED,
        /** Rows go of which the log does not tell: partitions that are dropped, exchanged or truncated. */
        ROWS_UNTOLD,
        DROP_SCHEMA,
        /** Rows are written, and the log tells how, but not which. */
        WRITES,
        OTHER
    }

    /** A table's name. */
    record Name(String schema, String table) {}

    LogStatement {
        tables = List.copyOf(tables);
    }

    /**
     * Reads a statement.
     *
     * @param schema in which names without a schema are
     */
    static LogStatement of(String schema, String text) {
        return new Reader(schema, words(text)).read();
    }

    /** Words, names without their quotes, and signs; without comments. A name that was quoted has a zero before it, so that it is no keyword. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (text.startsWith("/*", at)) {
                at = comment(text, at, words);
            } else if (c == '#' || text.startsWith("-- ", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end + 1;
            } else if (c == '`' || c == '"' || c == '\'') {
                at = quoted(text, at, words);
            } else if (isPartOfWord(c)) {
                int end = at;
                while (end < text.length() && isPartOfWord(text.charAt(end))) {
                    end++;
                }
                words.add(text.substring(at, end));
                at = end;
            } else {
                words.add(String.valueOf(c));
                at++;
            }
        }
        return words;
    }

    private static boolean isPartOfWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 0x7F;
    }

    /** What is in a comment for servers is read too. */
    private static int comment(String text, int at, List<String> words) {
        int end = text.indexOf("*/", at + 2);
        int stop = end < 0 ? text.length() : end;
        if (text.startsWith("/*!", at) || text.startsWith("/*M!", at)) {
            String inside = text.substring(text.indexOf('!', at) + 1, stop).replaceFirst("^\\d+", "");
            words.addAll(words(inside));
        }
        return Math.min(stop + 2, text.length());
    }

    private static int quoted(String text, int from, List<String> words) {
        char quote = text.charAt(from);
        StringBuilder word = new StringBuilder().append('\0');
        int at = from + 1;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\' && quote != '`' && at + 1 < text.length()) {
                at++;
                word.append(text.charAt(at));
            } else if (c != quote) {
                word.append(c);
            } else if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
                word.append(c);
                at++;
            } else {
                break;
            }
        }
        // a text is no name
        words.add(quote == '\'' ? "'" : word.toString());
        return at + 1;
    }

    /** Goes through the words once. */
    private static final class Reader {
        private final String schema;
        private final List<String> words;
        private int at;

        Reader(String schema, List<String> words) {
            this.schema = schema;
            this.words = words;
        }

        private String word() {
            return at < words.size() ? words.get(at).toUpperCase(Locale.ROOT) : "";
        }

        private boolean take(String wanted) {
            boolean is = word().equals(wanted);
            at += is ? 1 : 0;
            return is;
        }

        private void pass(String... some) {
            for (String word : some) {
                take(word);
            }
        }

        LogStatement read() {
            if (take("SET")) {
                // SET STATEMENT name = value, ... FOR the statement
                while (at < words.size() && !take("FOR")) {
                    at++;
                }
            }
            String verb = word();
            at++;
            return switch (verb) {
                case "TRUNCATE" -> {
                    take("TABLE");
                    yield new LogStatement(Kind.EMPTIED, List.of(name()));
                }
                case "DROP" -> drop();
                case "CREATE" -> create();
                case "ALTER" -> alter();
                case "RENAME" -> rename();
                case "INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "CALL" ->
                    new LogStatement(Kind.WRITES, names());
                default -> new LogStatement(Kind.OTHER, List.of());
            };
        }

        private LogStatement drop() {
            if (take("DATABASE") || take("SCHEMA")) {
                pass("IF", "EXISTS");
                return new LogStatement(Kind.DROP_SCHEMA, List.of(new Name(bare(), "")));
            }
            if (take("TABLE") || take("TABLES")) {
                pass("IF", "EXISTS");
                List<Name> tables = new ArrayList<>();
                do {
                    tables.add(name());
                } while (take(","));
                return new LogStatement(Kind.DROPPED, tables);
            }
            return take("INDEX") ? index() : new LogStatement(Kind.OTHER, List.of());
        }

        private LogStatement create() {
            boolean replaced = take("OR") && take("REPLACE");
            pass("ONLINE", "OFFLINE", "UNIQUE", "FULLTEXT", "SPATIAL");
            if (take("INDEX")) {
                return index();
            }
            if (!take("TABLE")) {
                return new LogStatement(Kind.OTHER, List.of());
            }
            pass("IF", "NOT", "EXISTS");
            return new LogStatement(replaced ? Kind.DROPPED : Kind.CHANGED, List.of(name()));
        }

        private LogStatement index() {
            while (at < words.size() && !take("ON")) {
                at++;
            }
            return new LogStatement(Kind.CHANGED, List.of(name()));
        }

        private LogStatement alter() {
            pass("ONLINE", "OFFLINE", "IGNORE");
            if (!take("TABLE")) {
                return new LogStatement(Kind.OTHER, List.of());
            }
            pass("IF", "EXISTS");
            List<Name> tables = new ArrayList<>(List.of(name()));
            boolean untold = false;
            for (; at < words.size(); at++) {
                String verb = word();
                String next = at + 1 < words.size() ? words.get(at + 1).toUpperCase(Locale.ROOT) : "";
                untold |= next.equals("PARTITION")
                        && List.of("DROP", "TRUNCATE", "EXCHANGE").contains(verb);
                untold |= next.equals("TABLESPACE")
                        && List.of("DISCARD", "IMPORT").contains(verb);
                if (verb.equals("RENAME") && !List.of("COLUMN", "INDEX", "KEY").contains(next)) {
                    at++;
                    pass("TO", "AS");
                    tables.add(name());
                }
            }
            return new LogStatement(untold ? Kind.ROWS_UNTOLD : Kind.CHANGED, tables);
        }

        private LogStatement rename() {
            if (!take("TABLE") && !take("TABLES")) {
                return new LogStatement(Kind.OTHER, List.of());
            }
            pass("IF", "EXISTS");
            List<Name> tables = new ArrayList<>();
            do {
                tables.add(name());
                while (at < words.size() && !take("TO")) {
                    at++;
                }
                tables.add(name());
            } while (take(","));
            return new LogStatement(Kind.CHANGED, tables);
        }

        /** All that may be names of tables. */
        private List<Name> names() {
            List<Name> names = new ArrayList<>();
            while (at < words.size()) {
                if (words.get(at).length() == 1 && !isPartOfWord(words.get(at).charAt(0))) {
                    at++;
                } else {
                    names.add(name());
                }
            }
            return names;
        }

        private Name name() {
            String first = bare();
            return take(".") ? new Name(first, bare()) : new Name(schema, first);
        }

        private String bare() {
            String word = at < words.size() ? words.get(at) : "";
            at++;
            return word.startsWith("\0") ? word.substring(1) : word;
        }
    }
}
