// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A file of SQL, cut into its statements at the semicolons that are not in a text, a name or a comment. */
final class SqlScript {
    /**
     * One statement.
     *
     * @param line where it begins in the file, counted from 1
     * @param column counted from 1
     */
    record Statement(String text, int line, int column) {
        /** Its first word, in capitals, comments passed over. */
        String verb() {
            String bare = text.replaceAll("(?s)/\\*.*?\\*/", " ")
                    .replaceAll("--[^\n]*", " ")
                    .strip();
            int end = 0;
            while (end < bare.length() && Character.isLetter(bare.charAt(end))) {
                end++;
            }
            return bare.substring(0, end).toUpperCase(Locale.ROOT);
        }
    }

    private SqlScript() {}

    static List<Statement> statements(String file) {
        List<Statement> statements = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= file.length(); i++) {
            if (i == file.length() || file.charAt(i) == ';') {
                add(file, start, i, statements);
                start = i + 1;
            } else {
                i = pass(file, i);
            }
        }
        return statements;
    }

    /** The index of the last character of the text, name or comment that begins at the index; the index itself if none does. */
    private static int pass(String file, int at) {
        char c = file.charAt(at);
        if (c == '\'' || c == '"' || c == '`') {
            int end = file.indexOf(c, at + 1);
            return end < 0 ? file.length() - 1 : end;
        }
        if (file.startsWith("--", at)) {
            int end = file.indexOf('\n', at);
            return end < 0 ? file.length() - 1 : end;
        }
        if (file.startsWith("/*", at)) {
            int end = file.indexOf("*/", at + 2);
            return end < 0 ? file.length() - 1 : end + 1;
        }
        return at;
    }

    private static void add(String file, int start, int end, List<Statement> statements) {
        String text = file.substring(start, end);
        int lead = 0;
        while (lead < text.length() && Character.isWhitespace(text.charAt(lead))) {
            lead++;
        }
        Statement statement = new Statement(
                text.substring(lead),
                1
                        + (int) file.substring(0, start + lead)
                                .chars()
                                .filter(c -> c == '\n')
                                .count(),
                start + lead - file.lastIndexOf('\n', start + lead - 1));
        if (!statement.verb().isEmpty()) {
            statements.add(statement);
        }
    }
}
