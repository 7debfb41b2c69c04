// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Flink's planner says of a statement, in the user's words and at its place in the file. */
final class PlannerComplaint {
    private static final Pattern PLACE = Pattern.compile("(?i)\\b(?:from|at) line (\\d+), column (\\d+)");
    private static final Pattern PLACE_TEXT =
            Pattern.compile("(?i)\\b(from|at) line \\d+, column \\d+( to line \\d+, column \\d+)?[:.]? ?");
    private static final Pattern UPDATES = Pattern.compile(
            "Table sink '([^']+)' doesn't support consuming (.*?) changes? which is produced by node (\\w+)");
    private static final Pattern NO_OBJECT = Pattern.compile("Object '([^']+)' not found");
    private static final Pattern KEYWORD =
            Pattern.compile("Encountered \"(\\w+)[^\"]*\"|Incorrect syntax near the keyword '(\\w+)'");

    private final PipelineSpec pipeline;
    private final HippoSpec hippo;

    PlannerComplaint(PipelineSpec pipeline, HippoSpec hippo) {
        this.pipeline = pipeline;
        this.hippo = hippo;
    }

    Finding finding(SqlFile.Statement statement, RuntimeException e) {
        Throwable root = e;
        StringBuilder all = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            root = cause;
            all.append(cause.getMessage()).append('\n');
        }
        Matcher updates = UPDATES.matcher(all);
        if (updates.find()) {
            String sink = name(updates.group(1));
            return statement
                    .start()
                    .finding(
                            Severity.ERROR,
                            "the query changes rows that it has given before (" + updates.group(3) + "), and topic '"
                                    + sink + "' takes new rows only",
                            "group by a window, or declare topic '" + sink + "' with a key and 'changelog: true'");
        }
        Matcher place = PLACE.matcher(all);
        SqlFile.Place where = place.find()
                ? statement.at(Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)))
                : statement.start();
        return where.finding(Severity.ERROR, message(root, e), hint(all.toString()));
    }

    private static String message(Throwable root, RuntimeException e) {
        String said = root.getMessage() == null ? String.valueOf(e.getMessage()) : root.getMessage();
        String clean = PLACE_TEXT
                .matcher(said.replaceFirst("^SQL parse failed\\. ", ""))
                .replaceAll("");
        return clean.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("the statement does not plan");
    }

    private String hint(String all) {
        Matcher object = NO_OBJECT.matcher(all);
        if (object.find()) {
            String missing = object.group(1);
            if (pipeline.topics().containsKey(missing)) {
                return "topic '" + missing + "' is declared, but '" + hippo.name() + "' does not subscribe to it";
            }
            Set<String> known = new TreeSet<>(hippo.subscribe());
            for (String topic : known) {
                if (topic.startsWith(missing + ".")) {
                    return "write a topic's name with dots in backticks: `" + topic + "`";
                }
            }
            return Suggestion.hint(missing, known);
        }
        Matcher keyword = KEYWORD.matcher(all);
        if (keyword.find()) {
            String word = keyword.group(1) == null ? keyword.group(2) : keyword.group(1);
            return "if '" + word + "' is meant as a name, write it in backticks: `" + word + "`";
        }
        return "";
    }

    private static String name(String path) {
        String inCatalog = path.replaceFirst("^`?default_catalog`?\\.`?default_database`?\\.", "");
        return inCatalog.replace("`", "");
    }
}
