// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The user's SQL does not do: where in the file, and why. */
final class StepMistake extends Exception {
    private static final long serialVersionUID = 1L;
    private static final Pattern PLACE = Pattern.compile("(?:From|At|at) line (\\d+), column (\\d+)");

    private final int line;
    private final int column;

    StepMistake(int line, int column, String message) {
        super(message);
        this.line = line;
        this.column = column;
    }

    /** What Flink's planner says of a statement, at its place in the file. */
    static StepMistake of(SqlScript.Statement statement, RuntimeException e) {
        Throwable root = e;
        StringBuilder all = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            root = cause;
            all.append(cause.getMessage()).append('\n');
        }
        String message = String.valueOf(root.getMessage() == null ? e.getMessage() : root.getMessage())
                .replaceFirst("^SQL parse failed\\. ", "")
                .lines()
                .findFirst()
                .orElse("it does not plan");
        Matcher place = PLACE.matcher(all);
        if (!place.find()) {
            return new StepMistake(statement.line(), statement.column(), message);
        }
        int line = Integer.parseInt(place.group(1));
        int column = Integer.parseInt(place.group(2));
        return new StepMistake(
                statement.line() + line - 1,
                line == 1 ? statement.column() + column - 1 : column,
                message.replaceFirst("(From|At|at) line \\d+, column \\d+( to line \\d+, column \\d+)?:? ?", ""));
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }
}
