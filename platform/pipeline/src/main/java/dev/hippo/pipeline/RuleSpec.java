// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * When a hippo starts a mission: when the one condition is met or, with several, when all of them are for the same partition values; or when the one is
 * met so many times.
 *
 * @param count how many different messages the one condition needs; 1 for any other rule
 * @param by the columns that must agree, where partitions are counted; empty where messages about the same partition are
 * @param priority of its missions; of several that could begin the one with the higher begins first
 * @param within how long the first waits for the last; zero for ever
 * @param otherwise what happens when that is over
 */
public record RuleSpec(
        List<Condition> conditions, int count, List<String> by, int priority, Duration within, Otherwise otherwise) {
    /** What happens to what has come when the rest did not come in time. */
    public enum Otherwise {
        /** The mission fails, which is told; nothing runs. */
        FAIL,
        /** The mission runs with what has come. */
        RUN
    }

    /** Which outcomes of what a message tells a condition asks for. */
    public enum Outcome {
        SUCCESS,
        FAILURE,
        ANY;

        /** Whether that outcome is asked for. */
        public boolean accepts(boolean success) {
            return this == ANY || success == (this == SUCCESS);
        }
    }

    /** What becomes of times that passed while the hippo did not run. */
    public enum CatchUp {
        /** A mission for each. */
        ALL,
        /** A mission for the last of them. */
        LATEST,
        /** Nothing. */
        NONE
    }

    /** One thing that may happen. */
    public sealed interface Condition {
        /** What messages may tell of it, any one of them; nothing where it is not told. */
        default List<Told> told() {
            return List.of();
        }
    }

    /** Any one of several things. */
    public record AnyOf(List<Told> alternatives) implements Condition {
        public AnyOf {
            alternatives = List.copyOf(alternatives);
        }

        @Override
        public List<Told> told() {
            return alternatives;
        }

        @Override
        public String toString() {
            return alternatives.stream().map(Object::toString).collect(Collectors.joining(", ", "any of [", "]"));
        }
    }

    /** One thing that a message tells of. */
    public sealed interface Told extends Condition {
        @Override
        default List<Told> told() {
            return List.of(this);
        }

        /** The topic whose messages tell of it. */
        String topic();

        Outcome outcome();

        /** Values that the columns of the partition must have, each a pattern with {@code *}; column names match in any case. */
        Map<String, String> partition();
    }

    /**
     * A table's partition is ready.
     *
     * @param db a pattern with {@code *}
     * @param table a pattern with {@code *}
     * @param method a pattern with {@code *}
     */
    public record TableReady(
            String topic, String db, String table, String method, Outcome outcome, Map<String, String> partition)
            implements Told {
        public TableReady {
            partition = Map.copyOf(partition);
        }

        @Override
        public String toString() {
            return "table " + (db.equals("*") ? "" : db + ".") + table + " on " + topic + partitionText(partition);
        }
    }

    /**
     * A table's partition by time is over: a partition has rows that begins no earlier than this one ends and the lateness after it.
     *
     * @param column the column with the time
     * @param unit how long the time of one partition is
     * @param lateness how late an event may come
     */
    public record TableClosed(
            String topic,
            String db,
            String table,
            String column,
            PartitionColumn.Transform unit,
            Duration lateness,
            Map<String, String> partition)
            implements Told {
        public TableClosed {
            partition = Map.copyOf(partition);
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public String toString() {
            return "table " + db + "." + table + " closed" + partitionText(partition);
        }
    }

    /**
     * An event has come that is such.
     *
     * @param where what its fields must be, as {@link FieldCondition} reads it; none for every event
     * @param by fields whose values are the mission's partition
     */
    public record EventCame(String topic, Map<String, String> where, List<String> by) implements Told {
        public EventCame {
            where = Map.copyOf(where);
            by = List.copyOf(by);
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> partition() {
            return Map.of();
        }

        @Override
        public String toString() {
            return "event on " + topic + " where " + new TreeMap<>(where) + (by.isEmpty() ? "" : " by " + by);
        }
    }

    /** A mission of a hippo has ended. */
    public record HippoFinished(String topic, String hippo, Outcome outcome, Map<String, String> partition)
            implements Told {
        public HippoFinished {
            partition = Map.copyOf(partition);
        }

        @Override
        public String toString() {
            String how = switch (outcome) {
                case SUCCESS -> "";
                case FAILURE -> " failing";
                case ANY -> " ending";
            };
            return "hippo " + hippo + how + partitionText(partition);
        }
    }

    /** A time has come. */
    public record Schedule(CronLine line, CatchUp catchUp) implements Condition {
        @Override
        public String toString() {
            return "cron " + line;
        }
    }

    public RuleSpec {
        conditions = List.copyOf(conditions);
        by = List.copyOf(by);
    }

    /** A rule of one condition. */
    public static RuleSpec of(Condition condition) {
        return new RuleSpec(List.of(condition), 1, List.of(), 0, Duration.ZERO, Otherwise.FAIL);
    }

    /** The same with that priority. */
    RuleSpec withPriority(int urgent) {
        return new RuleSpec(conditions, count, by, urgent, within, otherwise);
    }

    /** Whether each message that meets it is a mission of its own. */
    public boolean takesEach() {
        return !gathers() && conditions.get(0) instanceof EventCame;
    }

    /** Whether it takes more than one message. */
    public boolean gathers() {
        return conditions.size() > 1 || counts();
    }

    /** Whether messages are counted. */
    public boolean counts() {
        return count > 1;
    }

    /** In the order of the names: a rule is known again by its text. */
    private static String partitionText(Map<String, String> partition) {
        return partition.isEmpty() ? "" : " for " + new TreeMap<>(partition);
    }

    /** For people, and the same for the same rule. */
    @Override
    public String toString() {
        if (counts()) {
            return count + " of " + conditions.get(0) + (by.isEmpty() ? "" : " by " + String.join(", ", by));
        }
        return conditions.size() == 1
                ? conditions.get(0).toString()
                : conditions.stream().map(Object::toString).collect(Collectors.joining(", ", "all of [", "]"));
    }
}
