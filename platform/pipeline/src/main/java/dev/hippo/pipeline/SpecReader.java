// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.pipeline.PartitionColumn.Transform;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Turns the nodes of a pipeline file into a {@link PipelineSpec}. Used once. */
final class SpecReader {
    private static final Pattern GRAPHITE = Pattern.compile("([^:\\s/\\[\\]]+|\\[[\\p{XDigit}:.]+]):(\\d{1,5})");
    private static final int LAST_PORT = 65_535;
    private static final Pattern PREFIX = Pattern.compile("[\\w-]+(\\.[\\w-]+)*");

    /** Names that stand for the broker and the Doctor among the processes. */
    private static final List<String> OWN_PROCESSES = List.of("kafka", "doctor");

    private final Path folder;
    private final Findings findings;
    private final Marks marks;
    private final Variables variables;

    SpecReader(Path folder, Findings findings, Marks marks, Variables variables) {
        this.folder = folder;
        this.findings = findings;
        this.marks = marks;
        this.variables = variables;
    }

    PipelineSpec read(Node root) {
        Section pipeline = section(Grammar.PIPELINE, root);
        String name = pipeline.required("pipeline");
        requireName(pipeline.at("pipeline"), "pipeline", name);
        Map<String, TopicSpec> topics = new LinkedHashMap<>();
        named(pipeline, "topics").forEach((key, node) -> topics.put(key, topic(key, node)));
        Map<String, TableSpec> tables = new LinkedHashMap<>();
        named(pipeline, "tables").forEach((key, node) -> tables.put(key, table(key, node)));
        Map<String, HippoSpec> hippos = new LinkedHashMap<>();
        Map<String, Node> hippoNodes = named(pipeline, "hippos");
        RuleReader rules =
                new RuleReader(findings, marks, variables, name, tables, lateness(hippoNodes, topics, tables));
        HippoReader reader = new HippoReader(folder, findings, marks, variables, rules);
        hippoNodes.forEach((key, node) -> {
            HippoSpec hippo = reader.read(key, node);
            if (hippo != null) {
                hippos.put(key, hippo);
            }
        });
        return new PipelineSpec(
                name, folder, kafka(pipeline), topics, tables, hippos, supervision(pipeline), metrics(pipeline));
    }

    private SupervisionSpec supervision(Section pipeline) {
        if (!pipeline.has("supervision")) {
            return SupervisionSpec.DEFAULT;
        }
        Section supervision = section(Grammar.SUPERVISION, pipeline.at("supervision"));
        return new SupervisionSpec(
                supervision.positiveDuration("lost"),
                supervision.positiveDuration("hung"),
                supervision.duration("noProgress"));
    }

    private Optional<GraphiteSpec> metrics(Section pipeline) {
        if (!pipeline.has("metrics")) {
            return Optional.empty();
        }
        Section metrics = section(Grammar.METRICS, pipeline.at("metrics"));
        String address = metrics.required("graphite");
        Matcher server = GRAPHITE.matcher(address);
        int port = server.matches() ? Integer.parseInt(server.group(2)) : 0;
        if (port < 1 || port > LAST_PORT) {
            if (!address.isEmpty()) {
                findings.error(
                        metrics.at("graphite"), "'" + address + "' is no HOST:PORT", "write graphite.example:2003");
            }
            return Optional.empty();
        }
        String prefix = CaptureReader.orEmpty(metrics.text("prefix"));
        if (!PREFIX.matcher(prefix).matches()) {
            findings.error(
                    metrics.at("prefix"),
                    "'" + prefix + "' is no path of Graphite",
                    "write letters, digits, _ and -, with a dot between levels");
        }
        return Optional.of(new GraphiteSpec(server.group(1), port, metrics.positiveDuration("every"), prefix));
    }

    /** How late the events of a table may come: what the topic says that its writer reads, if the table is cut by that topic's time. */
    private Map<String, Duration> lateness(
            Map<String, Node> hippos, Map<String, TopicSpec> topics, Map<String, TableSpec> tables) {
        Map<String, Duration> lateness = new LinkedHashMap<>();
        for (Node node : hippos.values()) {
            // what is wrong with it is found when the hippo itself is read
            Section hippo = new Section(Grammar.HIPPO, node, new Findings(""), variables);
            for (String topic : hippo.texts("subscribe")) {
                EventTime time = topics.containsKey(topic) ? topics.get(topic).time() : null;
                for (String written : hippo.texts("write")) {
                    if (time != null && tables.containsKey(written) && cut(tables.get(written), time)) {
                        lateness.merge(written, time.lateness(), (a, b) -> a.compareTo(b) > 0 ? a : b);
                    }
                }
            }
        }
        return lateness;
    }

    private static boolean cut(TableSpec table, EventTime time) {
        return table.partitionBy().stream().anyMatch(column -> column.field().equals(time.field()));
    }

    private Section section(Grammar grammar, Node node) {
        return new Section(grammar, node, findings, variables);
    }

    private Map<String, Node> named(Section pipeline, String key) {
        Map<String, Node> named = new LinkedHashMap<>();
        if (pipeline.has(key)) {
            Section.entries(pipeline.at(key), "'" + key + "'", findings).forEach((name, node) -> {
                marks.put(key + "/" + name.getValue(), name);
                requireName(name, key.substring(0, key.length() - 1), name.getValue());
                named.put(name.getValue(), node);
            });
        }
        return named;
    }

    private void requireName(Node at, String what, String name) {
        boolean dots = what.equals("topic");
        if (!name.isEmpty()
                && !name.matches(dots ? "[A-Za-z0-9][A-Za-z0-9._-]{0,200}" : "[A-Za-z][A-Za-z0-9_-]{0,62}")) {
            findings.error(
                    at,
                    "'" + name + "' cannot be the name of a " + what,
                    dots
                            ? "use letters, digits, '.', '_' and '-', at most 201"
                            : "begin with a letter and use letters, digits, '_' and '-', at most 63");
        }
        if (what.equals("hippo") && OWN_PROCESSES.contains(name)) {
            findings.error(at, "'" + name + "' is a process that Hippo starts itself", "give the hippo another name");
        }
    }

    private KafkaSpec kafka(Section pipeline) {
        Node node = pipeline.at("kafka");
        if (!pipeline.has("kafka")) {
            return new KafkaSpec.Embedded(0);
        }
        if (node instanceof ScalarNode) {
            String word = pipeline.text("kafka");
            if (!"embedded".equals(word)) {
                findings.error(
                        node,
                        "kafka is 'embedded' or a mapping, not '" + word + "'",
                        "write {bootstrapServers: \"" + word + "\"} for a cluster");
            }
            return new KafkaSpec.Embedded(0);
        }
        Section kafka = section(Grammar.KAFKA, node);
        if (kafka.has("embedded") == kafka.has("bootstrapServers")) {
            findings.error(node, "kafka needs either 'embedded' or 'bootstrapServers'", "");
            return new KafkaSpec.Embedded(0);
        }
        if (kafka.has("embedded")) {
            Section embedded = section(Grammar.EMBEDDED, kafka.at("embedded"));
            return new KafkaSpec.Embedded((int) embedded.number("port", 1, 65_535));
        }
        return new KafkaSpec.Cluster(kafka.required("bootstrapServers"), kafka.map("properties"));
    }

    private TopicSpec topic(String name, Node node) {
        Section topic = section(Grammar.TOPIC, node);
        for (String key : List.of("contract", "key", "time", "partitions", "changelog", "tables")) {
            if (topic.has(key)) {
                marks.put("topics/" + name + "/" + key, topic.at(key));
            }
        }
        String time = topic.text("time");
        if (time == null && topic.has("lateness")) {
            findings.error(
                    topic.at("lateness"),
                    "'lateness' says nothing without 'time'",
                    "name the field with the event time");
        }
        if (topic.flag("changelog") && !topic.has("key")) {
            findings.error(
                    topic.at("changelog"),
                    "a changelog topic holds the latest value per key and needs 'key'",
                    "name the key field, or a list of them");
        }
        return new TopicSpec(
                name,
                topic.required("contract"),
                keys(name, topic),
                time == null ? null : new EventTime(time, topic.duration("lateness")),
                (int) topic.number("partitions", 1, 10_000),
                topic.flag("changelog"),
                topic.map("config"),
                topic.map("tables"));
    }

    private List<String> keys(String name, Section topic) {
        List<String> keys = topic.texts("key");
        for (int i = 0; i < keys.size(); i++) {
            marks.put("topics/" + name + "/key/" + i, topic.entryAt("key", i));
        }
        if (topic.has("key")
                && topic.at("key") instanceof SequenceNode list
                && list.getValue().isEmpty()) {
            findings.error(list, "'key' names no field", "name one, or take 'key' away");
        }
        return keys;
    }

    private TableSpec table(String name, Node node) {
        Section table = section(Grammar.TABLE, node);
        for (String key : List.of("contract", "partitionBy", "at", "headers", "keep")) {
            if (table.has(key)) {
                marks.put("tables/" + name + "/" + key, table.at(key));
            }
        }
        return new TableSpec(
                name,
                table.required("contract"),
                partitions(table),
                table.text("at"),
                table.flag("headers"),
                table.has("keep") ? table.positiveDuration("keep") : null);
    }

    private List<PartitionColumn> partitions(Section table) {
        List<PartitionColumn> columns = new ArrayList<>();
        if (!table.has("partitionBy")) {
            return columns;
        }
        if (table.at("partitionBy") instanceof MappingNode) {
            table.map("partitionBy").forEach((column, field) -> {
                Transform transform = switch (column.toLowerCase(Locale.ROOT)) {
                    case "hour" -> Transform.HOUR;
                    case "day" -> Transform.DAY;
                    case "month" -> Transform.MONTH;
                    default -> Transform.IDENTITY;
                };
                columns.add(new PartitionColumn(column, field, transform));
            });
        } else {
            table.texts("partitionBy")
                    .forEach(field -> columns.add(new PartitionColumn(field, field, Transform.IDENTITY)));
        }
        return columns;
    }
}
