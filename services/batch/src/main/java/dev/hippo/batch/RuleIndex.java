// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.NamePattern;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Condition;
import dev.hippo.pipeline.RuleSpec.HippoFinished;
import dev.hippo.pipeline.RuleSpec.TableClosed;
import dev.hippo.pipeline.RuleSpec.TableReady;
import dev.hippo.pipeline.RuleSpec.Told;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the conditions that a message meets without looking at all of them: by topic, then by the table's or hippo's name, or the fixed beginning of a
 * pattern, then by the value of a partition's column. Immutable.
 */
final class RuleIndex {
    /**
     * A condition and where it stands.
     *
     * @param rule index of the rule
     * @param part index of the condition in the rule
     */
    record Match(int rule, int part, Told condition) {}

    private final Map<String, Names> tables = new HashMap<>();
    private final Map<String, Names> hippos = new HashMap<>();

    private RuleIndex() {}

    static RuleIndex of(List<RuleSpec> rules) {
        RuleIndex index = new RuleIndex();
        for (int rule = 0; rule < rules.size(); rule++) {
            List<Condition> conditions = rules.get(rule).conditions();
            for (int part = 0; part < conditions.size(); part++) {
                for (Told condition : conditions.get(part).told()) {
                    index.add(new Match(rule, part, condition));
                }
            }
        }
        return index;
    }

    private void add(Match match) {
        Told condition = match.condition();
        if (condition instanceof TableReady ready) {
            tables.computeIfAbsent(ready.topic(), t -> new Names())
                    .add(new Entry(
                            match,
                            NamePattern.of(ready.table()),
                            NamePattern.of(ready.db()),
                            NamePattern.of(ready.method()),
                            columns(condition)));
        } else if (condition instanceof TableClosed closed) {
            // every partition tells how far the table has come, also those that the rule does not ask for
            tables.computeIfAbsent(closed.topic(), t -> new Names())
                    .add(new Entry(match, NamePattern.of(closed.table()), NamePattern.of(closed.db()), ANY, Map.of()));
        } else if (condition instanceof HippoFinished finished) {
            hippos.computeIfAbsent(finished.topic(), t -> new Names())
                    .add(new Entry(match, NamePattern.of(finished.hippo()), ANY, ANY, columns(condition)));
        }
    }

    private static final NamePattern ANY = NamePattern.of("*");

    private static Map<String, NamePattern> columns(Told condition) {
        Map<String, NamePattern> columns = new HashMap<>();
        condition.partition().forEach((column, value) -> columns.put(column, NamePattern.of(value)));
        return columns;
    }

    /** The conditions that a message on that topic meets for one of its partitions, in the order of the file. */
    List<Match> match(String topic, Signal signal, PartitionValues partition) {
        List<Match> found = new ArrayList<>(2);
        if (signal instanceof Signal.Notice notice) {
            Names names = tables.get(topic);
            if (names != null) {
                names.find(new Asked(notice.table(), notice.db(), notice.method(), signal, partition), found);
            }
        } else if (signal instanceof Signal.Finish finish) {
            Names names = hippos.get(topic);
            if (names != null) {
                names.find(new Asked(finish.hippo(), "", "", signal, partition), found);
            }
        }
        found.sort(Comparator.comparingInt(Match::rule).thenComparingInt(Match::part));
        // of the alternatives of one condition one is enough
        for (int i = found.size() - 1; i > 0; i--) {
            Match match = found.get(i);
            if (match.rule() == found.get(i - 1).rule()
                    && match.part() == found.get(i - 1).part()) {
                found.remove(i);
            }
        }
        return found;
    }

    /** One condition, ready to be compared. */
    private record Entry(
            Match match, NamePattern name, NamePattern db, NamePattern method, Map<String, NamePattern> columns) {
        boolean accepts(Asked asked) {
            return match.condition().outcome().accepts(asked.signal().success())
                    && name.matches(asked.name())
                    && db.matches(asked.db())
                    && method.matches(asked.method())
                    && columns.entrySet().stream().allMatch(column -> has(asked.partition(), column));
        }

        private static boolean has(PartitionValues partition, Map.Entry<String, NamePattern> wanted) {
            return partition.columns().entrySet().stream()
                    .anyMatch(column -> column.getKey().equalsIgnoreCase(wanted.getKey())
                            && wanted.getValue().matches(column.getValue()));
        }
    }

    /** What is looked for in the conditions of one topic. */
    private record Asked(String name, String db, String method, Signal signal, PartitionValues partition) {}

    /** The conditions of one topic, by the name that they ask for. */
    private static final class Names {
        private final Map<String, Columns> exact = new HashMap<>();
        private final Map<String, Columns> byPrefix = new HashMap<>();
        private int longestPrefix;

        void add(Entry entry) {
            Map<String, Columns> map = entry.name().exact() ? exact : byPrefix;
            String prefix = entry.name().prefix();
            map.computeIfAbsent(prefix, p -> new Columns()).add(entry);
            if (!entry.name().exact()) {
                longestPrefix = Math.max(longestPrefix, prefix.length());
            }
        }

        void find(Asked asked, List<Match> into) {
            String name = asked.name();
            find(exact.get(name), asked, into);
            for (int length = Math.min(longestPrefix, name.length()); length >= 0; length--) {
                find(byPrefix.get(name.substring(0, length)), asked, into);
            }
        }

        private static void find(@Nullable Columns columns, Asked asked, List<Match> into) {
            if (columns != null) {
                columns.find(asked, into);
            }
        }
    }

    /** The conditions on one name, by the value of a column that they ask for. */
    private static final class Columns {
        private final List<Entry> withoutValue = new ArrayList<>();
        private final Map<String, Map<String, List<Entry>>> byValue = new HashMap<>();

        void add(Entry entry) {
            entry.columns().entrySet().stream()
                    .filter(column -> column.getValue().exact())
                    .min(Map.Entry.comparingByKey())
                    .map(column -> byValue.computeIfAbsent(lowerCase(column.getKey()), c -> new HashMap<>())
                            .computeIfAbsent(column.getValue().prefix(), v -> new ArrayList<>()))
                    .orElse(withoutValue)
                    .add(entry);
        }

        private static String lowerCase(String column) {
            return column.toLowerCase(Locale.ROOT);
        }

        void find(Asked asked, List<Match> into) {
            find(withoutValue, asked, into);
            if (!byValue.isEmpty()) {
                asked.partition()
                        .columns()
                        .forEach((column, value) -> find(
                                byValue.getOrDefault(lowerCase(column), Map.of())
                                        .getOrDefault(value, List.of()),
                                asked,
                                into));
            }
        }

        private static void find(List<Entry> entries, Asked asked, List<Match> into) {
            for (Entry entry : entries) {
                if (entry.accepts(asked)) {
                    into.add(entry.match());
                }
            }
        }
    }
}
