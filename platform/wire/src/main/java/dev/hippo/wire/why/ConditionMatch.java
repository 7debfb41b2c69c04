// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import dev.hippo.pipeline.NamePattern;
import dev.hippo.pipeline.RuleSpec.HippoFinished;
import dev.hippo.pipeline.RuleSpec.Outcome;
import dev.hippo.pipeline.RuleSpec.TableReady;
import dev.hippo.pipeline.RuleSpec.Told;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Holds a message against a condition, field by field. */
final class ConditionMatch {
    private ConditionMatch() {}

    /**
     * What keeps the message from meeting the condition: for each field the value seen and the value wanted. Empty if it meets it.
     *
     * @return nothing at all if the two have nothing to do with each other: a notice and a condition on a hippo, another topic
     */
    static Optional<List<String>> differences(Told condition, String topic, Signal signal, PartitionValues partition) {
        if (!condition.topic().equals(topic)) {
            return Optional.empty();
        }
        List<String> differences = new ArrayList<>();
        if (condition instanceof TableReady wanted && signal instanceof Signal.Notice notice) {
            compare("table", notice.table(), wanted.table(), differences);
            compare("db", notice.db(), wanted.db(), differences);
            compare("method", notice.method(), wanted.method(), differences);
        } else if (condition instanceof HippoFinished wanted && signal instanceof Signal.Finish finish) {
            compare("hippo", finish.hippo(), wanted.hippo(), differences);
        } else {
            return Optional.empty();
        }
        if (!condition.outcome().accepts(signal.success())) {
            differences.add("it tells of a "
                    + (signal.success() ? Outcome.SUCCESS : Outcome.FAILURE)
                            .name()
                            .toLowerCase(Locale.ROOT)
                    + ", wanted is " + condition.outcome().name().toLowerCase(Locale.ROOT));
        }
        new TreeMap<>(condition.partition()).forEach((column, value) -> column(partition, column, value, differences));
        return Optional.of(differences);
    }

    private static void compare(String field, String seen, String wanted, List<String> differences) {
        if (!NamePattern.of(wanted).matches(seen)) {
            differences.add(field + " is '" + seen + "', wanted is '" + wanted + "'");
        }
    }

    private static void column(PartitionValues partition, String column, String wanted, List<String> differences) {
        NamePattern pattern = NamePattern.of(wanted);
        List<String> seen = new ArrayList<>();
        for (Map.Entry<String, String> each : partition.columns().entrySet()) {
            if (each.getKey().equalsIgnoreCase(column)) {
                if (pattern.matches(each.getValue())) {
                    return;
                }
                seen.add(each.getValue());
            }
        }
        differences.add(
                seen.isEmpty()
                        ? "it names no column '" + column + "' (its partition is '" + partition + "'), wanted is '"
                                + column + "=" + wanted + "'"
                        : "column " + column + " is '" + String.join("', '", seen) + "', wanted is '" + wanted + "'");
    }
}
