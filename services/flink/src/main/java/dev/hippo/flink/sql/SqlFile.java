// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of SQL, cut into its statements at the semicolons that are not in a text, a name or a comment. */
final class SqlFile {
    private static final Pattern NOISE = Pattern.compile("(?s)/\\*.*?\\*/|--[^\n]*");

    private final String name;
    private final String text;

    private SqlFile(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /** Reads the file; findings in it bear that name. */
    static SqlFile read(Path file, String name) throws IOException {
        return new SqlFile(name, Files.readString(file));
    }

    static SqlFile of(String name, String text) {
        return new SqlFile(name, text);
    }

    /**
     * A place in a file.
     *
     * @param line counted from 1
     * @param column counted from 1
     */
    record Place(String file, int line, int column) {
        Finding finding(Severity severity, String message, String hint) {
            return new Finding(file, line, column, severity, message, hint);
        }
    }

    /**
     * One statement.
     *
     * @param start where it begins
     */
    record Statement(String text, Place start) {
        /** Its first word, in capitals, comments passed over. */
        String verb() {
            String bare = quiet().strip();
            int end = 0;
            while (end < bare.length() && Character.isLetter(bare.charAt(end))) {
                end++;
            }
            return bare.substring(0, end).toUpperCase(Locale.ROOT);
        }

        /** Its text with blanks for comments, so that each character keeps its place. */
        String quiet() {
            return NOISE.matcher(text)
                    .replaceAll(noise -> Matcher.quoteReplacement(noise.group().replaceAll("[^\n]", " ")));
        }

        /** The place in the file of a place in the statement, both counted from 1. */
        Place at(int line, int column) {
            return new Place(start.file(), start.line() + line - 1, line == 1 ? start.column() + column - 1 : column);
        }

        /** The place of a character. */
        Place at(int index) {
            String before = text.substring(0, index);
            return at(1 + (int) before.chars().filter(c -> c == '\n').count(), index - before.lastIndexOf('\n'));
        }

        /** Where the statement names an output column: behind AS, else anywhere, else where the statement begins. */
        Place of(String column) {
            String quiet = quiet();
            String word = "`?" + Pattern.quote(column) + "`?(?![\\w`])";
            for (String before : new String[] {"(?i)\\bAS\\s+", "(?<![\\w`.])", "(?<![\\w`])"}) {
                Matcher matcher = Pattern.compile(before + "(" + word + ")").matcher(quiet);
                if (matcher.find()) {
                    return at(matcher.start(1));
                }
            }
            return start;
        }

        Statement with(String otherText) {
            return new Statement(otherText, start);
        }
    }

    Place start() {
        return new Place(name, 1, 1);
    }

    List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ';') {
                add(start, i, statements);
                start = i + 1;
            } else {
                i = pass(i);
            }
        }
        return statements;
    }

    /** The index of the last character of the text, name or comment that begins at the index; the index itself if none does. */
    private int pass(int at) {
        char c = text.charAt(at);
        if (c == '\'' || c == '"' || c == '`') {
            int end = text.indexOf(c, at + 1);
            return end < 0 ? text.length() - 1 : end;
        }
        if (text.startsWith("--", at)) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() - 1 : end;
        }
        if (text.startsWith("/*", at)) {
            int end = text.indexOf("*/", at + 2);
            return end < 0 ? text.length() - 1 : end + 1;
        }
        return at;
    }

    private void add(int from, int end, List<Statement> statements) {
        int start = from;
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        int line = 1
                + (int) text.substring(0, start).chars().filter(c -> c == '\n').count();
        int column = start - text.lastIndexOf('\n', start - 1);
        Statement statement = new Statement(text.substring(start, end), new Place(name, line, column));
        if (!statement.quiet().isBlank()) {
            statements.add(statement);
        }
    }
}
