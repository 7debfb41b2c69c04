// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.pipeline.RuleSpec.Condition;
import dev.hippo.pipeline.RuleSpec.Otherwise;
import dev.hippo.pipeline.RuleSpec.Outcome;
import dev.hippo.pipeline.RuleSpec.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the rules by which a hippo starts its missions. */
final class RuleReader {
    /** Where hippos tell of the end of missions, and lake writers of new versions of their tables. */
    static final String FINISH_TOPIC = "hippo-finish";

    private static final List<String> CONDITION_KEYS =
            List.of("topic", "db", "table", "method", "closed", "hippo", "partition", "outcome", "where");
    private static final int MOST_COUNTED = 1_000;
    private static final List<String> NOTICE_KEYS = List.of("db", "table", "method", "closed");

    private final Findings findings;
    private final Marks marks;
    private final Variables variables;
    private final String pipeline;
    private final Map<String, TableSpec> tables;
    private final Map<String, Duration> lateness;
    private final ScheduleReader schedules;

    /**
     * Reads for a pipeline that declares those tables.
     *
     * @param lateness how late the events of a table may come, where that is said
     */
    RuleReader(
            Findings findings,
            Marks marks,
            Variables variables,
            String pipeline,
            Map<String, TableSpec> tables,
            Map<String, Duration> lateness) {
        this.marks = marks;
        this.lateness = Map.copyOf(lateness);
        this.pipeline = pipeline;
        this.findings = findings;
        this.schedules = new ScheduleReader(findings);
        this.variables = variables;
        this.tables = Map.copyOf(tables);
    }

    /**
     * The rules of a hippo.
     *
     * @param subscribed the topics it subscribes to: any notice on them starts a mission when there is no {@code on}
     */
    List<RuleSpec> read(Section hippo, List<String> subscribed) {
        List<RuleSpec> rules = new ArrayList<>();
        if (!hippo.has("on")) {
            for (String topic : subscribed) {
                rules.add(RuleSpec.of(new RuleSpec.TableReady(topic, "*", "*", "*", Outcome.SUCCESS, Map.of())));
            }
            return rules;
        }
        for (Node node : nodes(hippo.at("on"))) {
            read(node, subscribed, rules);
        }
        return rules;
    }

    private void read(Node node, List<String> subscribed, List<RuleSpec> into) {
        Section section = new Section(Grammar.RULE, node, findings, variables);
        if (section.has("any")) {
            alone(section, "any", List.of("any"));
            nodes(section.at("any")).forEach(each -> read(each, subscribed, into));
            return;
        }
        RuleSpec rule;
        if (section.has("cron")) {
            rule = schedules.read(section);
        } else if (section.has("all")) {
            rule = all(section, subscribed);
        } else if (section.has("count") || section.has("of")) {
            rule = count(section, subscribed);
        } else {
            rule = single(section, subscribed);
        }
        if (rule != null) {
            into.add(rule.withPriority((int) section.number("priority", -100, 100)));
        }
    }

    /** Whether nothing stands beside a key but those. */
    private void alone(Section section, String key, List<String> beside) {
        for (String other : Grammar.RULE.names()) {
            if (section.has(other) && !beside.contains(other) && !other.equals("priority")) {
                boolean condition = CONDITION_KEYS.contains(other);
                findings.error(
                        section.at(other),
                        condition
                                ? "'" + other + "' stands beside '" + key + "'"
                                : "'" + other + "' says nothing beside '" + key + "'",
                        condition
                                ? "write it in the entries of '" + (key.equals("count") ? "of" : key) + "'"
                                : "take it away");
            }
        }
    }

    private static List<Node> nodes(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
    }

    private @Nullable RuleSpec all(Section section, List<String> subscribed) {
        List<Condition> conditions = new ArrayList<>();
        for (Node node : nodes(section.at("all"))) {
            Condition condition = condition(new Section(Grammar.RULE, node, findings, variables), "all", subscribed);
            if (condition == null) {
                return null;
            }
            conditions.add(condition);
        }
        alone(section, "all", List.of("all", "within", "otherwise"));
        if (conditions.size() < 2) {
            findings.error(
                    section.at("all"), "'all' needs two conditions or more", "write one condition without 'all'");
            return null;
        }
        return new RuleSpec(conditions, 1, List.of(), 0, section.duration("within"), otherwise(section));
    }

    private Otherwise otherwise(Section section) {
        return section.choice("otherwise", Otherwise.values());
    }

    private @Nullable RuleSpec count(Section section, List<String> subscribed) {
        alone(section, "count", List.of("count", "of", "by", "within", "otherwise"));
        for (String needed : List.of("count", "of")) {
            if (!section.has(needed)) {
                findings.error(
                        section.node(),
                        "'" + needed + "' is missing in a rule that counts",
                        "write {count: 24, of: {table: hourly}}");
                return null;
            }
        }
        int count = (int) section.number("count", 2, MOST_COUNTED);
        List<Told> told = new ArrayList<>();
        for (Node node : nodes(section.at("of"))) {
            Condition condition = condition(new Section(Grammar.RULE, node, findings, variables), "of", subscribed);
            if (condition == null) {
                return null;
            }
            told.addAll(condition.told());
        }
        Condition condition = told.size() == 1 ? told.get(0) : new RuleSpec.AnyOf(told);
        return new RuleSpec(
                List.of(condition), count, section.texts("by"), 0, section.duration("within"), otherwise(section));
    }

    private @Nullable RuleSpec single(Section section, List<String> subscribed) {
        nothingGathers(section);
        Condition condition = told(section, subscribed);
        return condition == null ? null : RuleSpec.of(condition);
    }

    private void nothingGathers(Section section) {
        for (String other : List.of("within", "otherwise", "by")) {
            if (section.has(other) && !(other.equals("by") && section.has("where"))) {
                String of = other.equals("by") ? "'count' or 'where'" : "'all' or 'count'";
                findings.error(section.at(other), "'" + other + "' says nothing without " + of, "take it away");
            }
        }
        for (String other : ScheduleReader.BESIDE_CRON) {
            if (section.has(other)) {
                findings.error(section.at(other), "'" + other + "' says nothing without 'cron'", "take it away");
            }
        }
    }

    /** An entry of 'all' or 'of': something that is told, or any of several. */
    private @Nullable Condition condition(Section section, String within, List<String> subscribed) {
        for (String rule : List.of("all", "cron", "count", "of", "priority")) {
            if (section.has(rule)) {
                findings.error(
                        section.at(rule),
                        "'" + rule + "' stands within '" + within + "'",
                        "'" + within + "' holds conditions on tables and hippos");
                return null;
            }
        }
        if (!section.has("any")) {
            nothingGathers(section);
            return told(section, subscribed);
        }
        alone(section, "any", List.of("any"));
        List<Told> alternatives = new ArrayList<>();
        for (Node node : nodes(section.at("any"))) {
            Condition each = condition(new Section(Grammar.RULE, node, findings, variables), "any", subscribed);
            if (each == null) {
                return null;
            }
            alternatives.addAll(each.told());
        }
        return new RuleSpec.AnyOf(alternatives);
    }

    private @Nullable Told told(Section section, List<String> subscribed) {
        Outcome outcome = section.choice("outcome", Outcome.values());
        Map<String, String> partition = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        partition.putAll(section.map("partition"));
        String topic = section.text("topic");
        if (section.has("where")) {
            return event(section);
        }
        if (section.has("hippo")) {
            for (String other : NOTICE_KEYS) {
                if (section.has(other)) {
                    findings.error(
                            section.at(other),
                            "'" + other + "' stands beside 'hippo'",
                            "a condition is about a table or about a hippo; use two rules");
                }
            }
            return new RuleSpec.HippoFinished(
                    topic == null ? FINISH_TOPIC : topic, section.required("hippo"), outcome, partition);
        }
        if (topic == null && NOTICE_KEYS.stream().noneMatch(section::has)) {
            findings.error(
                    section.node(),
                    "the rule does not say what it waits for",
                    "name a table, a hippo, a topic with notices, or 'all' of several");
            return null;
        }
        if (section.flag("closed")) {
            return closed(section, partition);
        }
        String table = text(section, "table");
        String db = text(section, "db");
        if (topic == null) {
            topic = topicOf(section, table, subscribed);
            // a table writer names its pipeline as the database
            db = tables.containsKey(table) && !section.has("db") ? pipeline : db;
        }
        return topic == null
                ? null
                : new RuleSpec.TableReady(topic, db, table, text(section, "method"), outcome, partition);
    }

    private Told event(Section section) {
        for (String other : CONDITION_KEYS) {
            if (section.has(other) && !other.equals("topic") && !other.equals("where")) {
                findings.error(
                        section.at(other),
                        "'" + other + "' stands beside 'where'",
                        "a condition is about the fields of an event or about a notice");
            }
        }
        RuleSpec.EventCame event =
                new RuleSpec.EventCame(section.required("topic"), section.map("where"), section.texts("by"));
        // where the contract is known the fields are checked
        marks.put(MissionCheck.place(event), section.at("where"));
        if (section.at("where") instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode key) {
                    marks.put(MissionCheck.place(event) + "/" + key.getValue(), key);
                }
            }
        }
        event.by()
                .forEach(field -> marks.put(MissionCheck.place(event) + "/by " + field, section.entryAt("by", field)));
        return event;
    }

    private @Nullable Told closed(Section section, Map<String, String> partition) {
        for (String other : List.of("topic", "db", "method", "outcome")) {
            if (section.has(other)) {
                findings.error(section.at(other), "'" + other + "' stands beside 'closed'", "take it away");
            }
        }
        TableSpec table = tables.get(section.required("table"));
        if (table == null) {
            findings.error(
                    section.at("table"),
                    "'closed' is about a table of this pipeline, and '" + section.text("table") + "' is not declared",
                    Suggestion.hint(String.valueOf(section.text("table")), tables.keySet()));
            return null;
        }
        for (PartitionColumn column : table.partitionBy()) {
            if (column.transform() != PartitionColumn.Transform.IDENTITY) {
                return new RuleSpec.TableClosed(
                        FINISH_TOPIC,
                        pipeline,
                        table.name(),
                        column.name(),
                        column.transform(),
                        lateness.getOrDefault(table.name(), Duration.ZERO),
                        partition);
            }
        }
        findings.error(
                section.at("closed"),
                "table '" + table.name() + "' has no partitions by time that could be over",
                "give it partitionBy: {day: FIELD}, or hour or month");
        return null;
    }

    /** Where notices of a table come: of one that this pipeline writes where its writer tells, of another where the hippo listens. */
    private @Nullable String topicOf(Section section, String table, List<String> subscribed) {
        if (tables.containsKey(table)) {
            return FINISH_TOPIC;
        }
        if (subscribed.size() == 1) {
            return subscribed.get(0);
        }
        findings.error(
                section.at("table"),
                "no table '" + table + "' is declared here, and the rule does not say on which topic its notices come",
                tables.isEmpty() ? "add 'topic'" : "add 'topic'; " + Suggestion.hint(table, tables.keySet()));
        return null;
    }

    private static String text(Section section, String key) {
        String text = section.text(key);
        return text == null ? "*" : text;
    }
}
