// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the hippos of a pipeline file: which kind and engine, and what only that one has. */
final class HippoReader {
    static final List<String> ENGINES = List.of("flink", "spark", "lake", "java");
    /** What the grammar knows and no service of this build runs yet. */
    private static final List<String> NOT_YET = List.of("ml", "web", "spark", "java");

    private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s]+");
    private static final List<String> LISTS = List.of("subscribe", "publish", "write", "notices");
    private static final Pattern NOTICE_TOPIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,200}");
    private static final Pattern OWN_TOPIC = Pattern.compile("hippo-.*|service-health");

    private static final List<String> MISSIONS = List.of("batch-etl", "integrator");
    private static final List<String> ERRORS = List.of("exit", "timeout", "lost", "start");

    /** Keys that not every kind or engine understands, and which do. */
    private static final Map<String, List<String>> OWNERS = Map.ofEntries(
            Map.entry("rejected", List.of("frontier")),
            Map.entry("origins", List.of("frontier")),
            Map.entry("notices", List.of("frontier")),
            Map.entry("commit", List.of("lake")),
            Map.entry("sql", List.of("flink")),
            Map.entry("engine", List.of("stream-etl")),
            Map.entry("run", List.of("batch-etl")),
            Map.entry("env", List.of("batch-etl")),
            Map.entry("retry", List.of("batch-etl")),
            Map.entry("timeout", List.of("batch-etl")),
            Map.entry("on", MISSIONS),
            Map.entry("repeat", MISSIONS),
            Map.entry("concurrency", MISSIONS),
            Map.entry("from", MISSIONS),
            Map.entry("keep", List.of("batch-etl")),
            Map.entry("limits", List.of("frontier", "query")),
            Map.entry("subscribe", List.of("stream-etl", "db-etl", "batch-etl", "integrator")),
            Map.entry("source", List.of("db-etl")),
            Map.entry("destination", List.of("db-etl")),
            Map.entry("publish", List.of("frontier", "flink", "db-etl", "batch-etl", "integrator")),
            Map.entry("write", List.of("lake")));

    private final Path folder;
    private final Findings findings;
    private final Marks marks;
    private final Variables variables;
    private final RuleReader rules;

    HippoReader(Path folder, Findings findings, Marks marks, Variables variables, RuleReader rules) {
        this.folder = folder;
        this.findings = findings;
        this.marks = marks;
        this.variables = variables;
        this.rules = rules;
    }

    @Nullable
    HippoSpec read(String name, Node node) {
        Section hippo = new Section(Grammar.HIPPO, node, findings, variables);
        for (String key : List.of(
                "subscribe",
                "publish",
                "write",
                "sql",
                "port",
                "kind",
                "engine",
                "on",
                "run",
                "notices",
                "destination")) {
            if (hippo.has(key)) {
                marks.put("hippos/" + name + "/" + key, hippo.at(key));
                (LISTS.contains(key) ? names(hippo, key) : List.<String>of())
                        .forEach(
                                text -> marks.put("hippos/" + name + "/" + key + "/" + text, hippo.entryAt(key, text)));
            }
        }
        Kind kind = kind(name, hippo);
        if (kind == null) {
            return null;
        }
        String engine = kind == Kind.STREAM_ETL ? engine(hippo) : kind.word();
        if (engine == null) {
            return null;
        }
        if (NOT_YET.contains(engine)) {
            findings.error(
                    hippo.at(hippo.has("engine") ? "engine" : "kind"),
                    "'" + engine + "' is part of the grammar, but no service of this version runs it yet",
                    "this version runs frontier, db-etl, stream-etl on flink or lake, batch-etl, integrator and query");
            return null;
        }
        OWNERS.forEach((key, owners) -> {
            if (hippo.has(key) && !owners.contains(engine) && !owners.contains(kind.word())) {
                findings.error(hippo.at(key), "'" + key + "' means nothing for " + word(kind, engine), "take it away");
            }
        });
        HippoSettings settings = settings(name, engine, hippo);
        return new HippoSpec(
                name,
                kind,
                hippo.texts("subscribe"),
                publish(hippo, settings),
                names(hippo, "write"),
                Optional.ofNullable(hippo.text("host")).orElse("127.0.0.1"),
                (int) (hippo.has("port") ? hippo.number("port", 1, 65_535) : 0),
                settings,
                Set.copyOf(hippo.texts("runsOn")));
    }

    /** A list of names; of names by those of a source's tables the names alone. */
    private static List<String> names(Section hippo, String key) {
        return key.equals("write") && hippo.isMapping(key)
                ? List.copyOf(hippo.map(key).values())
                : hippo.texts(key);
    }

    private static List<String> publish(Section hippo, HippoSettings settings) {
        List<String> topics = new ArrayList<>(hippo.texts("publish"));
        if (settings instanceof HippoSettings.Capture capture
                && !capture.changes().isEmpty()) {
            topics.add(capture.changes());
        }
        return topics;
    }

    private static String word(Kind kind, String engine) {
        return kind == Kind.STREAM_ETL
                ? "a stream-etl on " + engine
                : ("aeiou".indexOf(kind.word().charAt(0)) < 0 ? "a " : "an ") + kind.word();
    }

    private @Nullable Kind kind(String name, Section hippo) {
        if (hippo.has("kind")) {
            String word = hippo.required("kind");
            for (Kind kind : Kind.values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            findings.error(
                    hippo.at("kind"),
                    "'" + word + "' is no kind of hippo",
                    Suggestion.hint(
                            word, Arrays.stream(Kind.values()).map(Kind::word).toList()));
            return null;
        }
        if (hippo.has("run")) {
            return Kind.BATCH_ETL;
        }
        if (hippo.has("sql") || hippo.has("engine") || (hippo.has("write") && hippo.has("subscribe"))) {
            return Kind.STREAM_ETL;
        }
        if ((hippo.has("publish") || hippo.has("notices")) && !hippo.has("subscribe")) {
            return Kind.FRONTIER;
        }
        findings.error(hippo.node(), "hippo '" + name + "' does not say what it is for", "add 'kind'");
        return null;
    }

    private @Nullable String engine(Section hippo) {
        if (!hippo.has("engine")) {
            return hippo.has("sql") ? "flink" : "lake";
        }
        String engine;
        if (hippo.at("engine") instanceof MappingNode mapping
                && mapping.getValue().size() == 1
                && mapping.getValue().get(0).getKeyNode() instanceof ScalarNode key) {
            engine = key.getValue();
        } else if (hippo.at("engine") instanceof ScalarNode) {
            engine = hippo.required("engine");
        } else {
            findings.error(
                    hippo.at("engine"),
                    "'engine' is one engine's name, or one engine with its settings",
                    "write flink, or {flink: {parallelism: 2}}");
            return null;
        }
        if (!ENGINES.contains(engine)) {
            findings.error(hippo.at("engine"), "'" + engine + "' is no engine", Suggestion.hint(engine, ENGINES));
            return null;
        }
        return engine;
    }

    private HippoSettings settings(String name, String engine, Section hippo) {
        return switch (engine) {
            case "frontier" -> {
                Section limits = part(Grammar.FRONTIER_LIMITS, hippo, "limits");
                String rejected = hippo.text("rejected");
                if (!"keep".equals(rejected) && !"drop".equals(rejected)) {
                    findings.error(hippo.at("rejected"), "'rejected' is keep or drop, not '" + rejected + "'", "");
                }
                yield new HippoSettings.Frontier(
                        limits.size("inFlight"),
                        limits.positiveDuration("deadline"),
                        "keep".equals(rejected),
                        origins(hippo),
                        notices(hippo));
            }
            case "flink" -> {
                Node node = hippo.at("engine");
                Node inner = node instanceof MappingNode mapping && hippo.has("engine")
                        ? mapping.getValue().get(0).getValueNode()
                        : none();
                Section flink = new Section(Grammar.FLINK, inner, findings, variables);
                yield new HippoSettings.Flink(
                        folder.resolve(hippo.required("sql")),
                        flink.text("address"),
                        (int) flink.number("parallelism", 1, 1_000),
                        flink.positiveDuration("checkpoint"),
                        flink.map("config"));
            }
            case "lake" -> {
                Section commit = part(Grammar.COMMIT, hippo, "commit");
                yield new HippoSettings.Lake(commit.duration("interval"), commit.size("size"), history(hippo));
            }
            case "query" -> {
                Section limits = part(Grammar.QUERY_LIMITS, hippo, "limits");
                yield new HippoSettings.Query(
                        limits.number("rows", 1, 100_000_000),
                        limits.positiveDuration("timeout"),
                        limits.size("memory"));
            }
            case "db-etl" ->
                hippo.has("destination") || (hippo.has("subscribe") && !hippo.has("source"))
                        ? new DestinationReader(findings, variables).read(hippo)
                        : new CaptureReader(findings, marks, variables).read(name, hippo);
            case "batch-etl", "integrator" -> batch(name, engine, hippo);
            default -> throw new IllegalStateException("no settings for " + engine + " of hippo " + name);
        };
    }

    /** The source's table whose changes are written; empty where a topic is landed as it is. */
    private String history(Section hippo) {
        if (!hippo.isMapping("write")) {
            return "";
        }
        Map<String, String> tables = hippo.map("write");
        if (tables.size() != 1) {
            findings.error(
                    hippo.at("write"),
                    "'write' names " + tables.size() + " tables of the source",
                    "make one hippo for each: write: {SOURCE_SCHEMA.TABLE: TABLE}");
            return "";
        }
        return tables.keySet().iterator().next();
    }

    private HippoSettings batch(String name, String kind, Section hippo) {
        Section retry = part(Grammar.RETRY, hippo, "retry");
        List<String> on = retry.texts("on");
        on.stream()
                .filter(word -> !ERRORS.contains(word))
                .forEach(word -> findings.error(
                        retry.entryAt("on", word),
                        "'" + word + "' is no class of errors",
                        Suggestion.hint(word, ERRORS)));
        Map<String, String> env = hippo.map("env");
        String run = kind.equals("batch-etl")
                ? new RunReader(folder, findings, marks, variables).read(name, hippo, env)
                : null;
        return new HippoSettings.Batch(
                rules.read(hippo, hippo.texts("subscribe")),
                run,
                env,
                new HippoSettings.Batch.Retry(
                        (int) retry.number("attempts", 1, 1_000),
                        retry.duration("backoff"),
                        retry.duration("longest"),
                        on),
                hippo.duration("timeout"),
                repeat(hippo),
                concurrency(hippo),
                earliest(hippo),
                hippo.duration("keep"));
    }

    private HippoSettings.Batch.Concurrency concurrency(Section hippo) {
        if (!hippo.has("concurrency") || !(hippo.at("concurrency") instanceof MappingNode)) {
            return new HippoSettings.Batch.Concurrency((int) hippo.number("concurrency", 1, 1_000), "", 1);
        }
        Section part = part(Grammar.CONCURRENCY, hippo, "concurrency");
        String key = part.text("key");
        if (key == null && part.has("perKey")) {
            findings.error(part.at("perKey"), "'perKey' says nothing without 'key'", "name a column of the partition");
        }
        return new HippoSettings.Batch.Concurrency(
                (int) part.number("missions", 1, 1_000), key == null ? "" : key, (int) part.number("perKey", 1, 1_000));
    }

    private HippoSettings.Batch.Repeat repeat(Section hippo) {
        String word = String.valueOf(hippo.text("repeat"));
        return switch (word) {
            case "rerun" -> HippoSettings.Batch.Repeat.RERUN;
            case "skip" -> HippoSettings.Batch.Repeat.SKIP;
            case "queue" -> HippoSettings.Batch.Repeat.QUEUE;
            default -> {
                findings.error(hippo.at("repeat"), "'repeat' is rerun, skip or queue, not '" + word + "'", "");
                yield HippoSettings.Batch.Repeat.RERUN;
            }
        };
    }

    private boolean earliest(Section hippo) {
        String word = hippo.text("from");
        if (!"earliest".equals(word) && !"latest".equals(word)) {
            findings.error(hippo.at("from"), "'from' is earliest or latest, not '" + word + "'", "");
        }
        return "earliest".equals(word);
    }

    private List<String> notices(Section hippo) {
        List<String> topics = hippo.texts("notices");
        for (String topic : topics) {
            if (!NOTICE_TOPIC.matcher(topic).matches()) {
                findings.error(
                        hippo.entryAt("notices", topic),
                        "'" + topic + "' cannot be the name of a topic",
                        "use letters, digits, '.', '_' and '-', at most 201");
            } else if (OWN_TOPIC.matcher(topic).matches()) {
                findings.error(
                        hippo.entryAt("notices", topic),
                        "topic '" + topic + "' is for what Hippo itself tells",
                        "name one of notices, such as frontier-adw");
            }
        }
        return topics;
    }

    private List<String> origins(Section hippo) {
        List<String> origins = hippo.texts("origins");
        for (String origin : origins) {
            if (!origin.equals("*") && !ORIGIN.matcher(origin).matches()) {
                findings.error(
                        hippo.entryAt("origins", origin),
                        "'" + origin + "' is not the origin of a web page",
                        "write scheme, host and port as the browser does, without a path: https://shop.example, or *");
            }
        }
        return origins;
    }

    private Section part(Grammar grammar, Section hippo, String key) {
        return new Section(grammar, hippo.has(key) ? hippo.at(key) : none(), findings, variables);
    }

    private static Node none() {
        return new MappingNode(
                org.snakeyaml.engine.v2.nodes.Tag.MAP,
                new ArrayList<>(),
                org.snakeyaml.engine.v2.common.FlowStyle.FLOW);
    }
}
