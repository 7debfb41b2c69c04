// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an INSERT INTO writes.
 *
 * @param topic the topic that it names
 * @param place where it names it
 * @param query what stands behind, at its old place; null when columns are listed or values given
 */
record InsertTarget(String topic, SqlFile.Place place, SqlFile.@org.jspecify.annotations.Nullable Statement query) {
    private static final Pattern INSERT =
            Pattern.compile("(?is)\\s*INSERT\\s+INTO\\s+(`[^`]+`|[\\w$]+(?:\\.[\\w$]+)*)(\\s|\\()");
    private static final Pattern QUERY = Pattern.compile("(?is)\\s*\\(*\\s*(SELECT|WITH)\\b");

    /** Empty when the statement is no INSERT INTO with a plain name. */
    static Optional<InsertTarget> of(SqlFile.Statement statement) {
        String quiet = statement.quiet();
        Matcher insert = INSERT.matcher(quiet);
        if (!insert.lookingAt()) {
            return Optional.empty();
        }
        int behind = insert.end(1);
        SqlFile.Statement query =
                QUERY.matcher(quiet).region(behind, quiet.length()).lookingAt()
                        ? statement.with(quiet.substring(0, behind).replaceAll("[^\n]", " ")
                                + statement.text().substring(behind))
                        : null;
        return Optional.of(new InsertTarget(insert.group(1).replace("`", ""), statement.at(insert.start(1)), query));
    }
}
