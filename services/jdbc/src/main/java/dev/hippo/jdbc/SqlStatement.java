// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One statement of a file.
 *
 * @param line where it begins, from 1
 * @param text with a question mark, or what was to stand instead, for each parameter
 * @param parameters names of variables of the job, such as {@code HIPPO_PARTITION}, in their order
 */
record SqlStatement(int line, String text, List<String> parameters) {
    /** What can hold a semicolon or a colon that means nothing, or is one of ours. */
    private static final Pattern PART = Pattern.compile(
            "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\\*.*?\\*/|(\\$\\w*\\$).*?\\1|(?<![:\\w]):(HIPPO_[A-Z0-9_]+)|(;)",
            Pattern.DOTALL);

    SqlStatement {
        parameters = List.copyOf(parameters);
    }

    /** The statements of a file, with semicolons between: not those in quotes, in comments or between dollars. */
    static List<SqlStatement> read(String file) {
        return read(file, name -> "?");
    }

    /**
     * The same, for a reader of SQL that has no parameters.
     *
     * @param instead what stands in the text for the variable of that name
     */
    static List<SqlStatement> read(String file, UnaryOperator<String> instead) {
        List<SqlStatement> statements = new ArrayList<>();
        Matcher part = PART.matcher(file);
        StringBuilder text = new StringBuilder();
        List<String> parameters = new ArrayList<>();
        int begin = 0;
        int from = 0;
        boolean more = true;
        while (more) {
            more = part.find();
            int until = more ? part.start() : file.length();
            text.append(file, from, until);
            if (!more || part.group(3) != null) {
                add(statements, file, begin, text.toString(), parameters);
                text.setLength(0);
                parameters.clear();
                begin = more ? part.end() : until;
            } else if (part.group(2) != null) {
                text.append(instead.apply(part.group(2)));
                parameters.add(part.group(2));
            } else if (part.group().startsWith("--") || part.group().startsWith("/*")) {
                // a question mark in it would be taken for a parameter; the lines stay
                text.append(" ").append("\n".repeat((int) part.group().lines().count() - 1));
            } else {
                text.append(part.group());
            }
            from = more ? part.end() : until;
        }
        return statements;
    }

    private static void add(List<SqlStatement> into, String file, int begin, String text, List<String> parameters) {
        if (text.isBlank()) {
            return;
        }
        int blank = 0;
        while (Character.isWhitespace(text.charAt(blank))) {
            blank++;
        }
        long line = 1
                + file.substring(0, begin).chars().filter(c -> c == '\n').count()
                + text.substring(0, blank).chars().filter(c -> c == '\n').count();
        into.add(new SqlStatement((int) line, text.strip(), parameters));
    }
}
