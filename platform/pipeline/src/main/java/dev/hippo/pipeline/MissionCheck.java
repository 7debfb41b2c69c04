// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.RuleSpec.Condition;
import dev.hippo.pipeline.RuleSpec.EventCame;
import dev.hippo.pipeline.RuleSpec.HippoFinished;
import dev.hippo.pipeline.RuleSpec.Told;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks what the hippos that run missions say together: their topics, their commands, and that no mission starts itself. */
final class MissionCheck {
    /** A command that begins with an interpreter and a file. */
    private static final Pattern SCRIPT =
            Pattern.compile("(?:bash|sh|python3?|node)\\s+([^\\s-][^\\s;|&<>$]*).*", Pattern.DOTALL);

    private final PipelineSpec pipeline;
    private final ContractCatalog contracts;
    private final Marks marks;
    private final List<Finding> findings = new ArrayList<>();

    MissionCheck(PipelineSpec pipeline, ContractCatalog contracts, Marks marks) {
        this.contracts = contracts;
        this.pipeline = pipeline;
        this.marks = marks;
    }

    List<Finding> run() {
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Batch batch) {
                check(hippo, batch);
            }
        }
        cycles();
        return findings;
    }

    private void check(HippoSpec hippo, HippoSettings.Batch batch) {
        String path = "hippos/" + hippo.name();
        if (batch.rules().isEmpty()) {
            warning(
                    path,
                    "nothing starts a mission of '" + hippo.name() + "' but 'hippo run'",
                    "add 'on', or 'subscribe' to a topic with notices");
        }
        batch.rules()
                .forEach(rule -> rule.conditions()
                        .forEach(condition -> condition.told().forEach(told -> {
                            if (told instanceof EventCame event) {
                                event(event);
                            }
                        })));
        for (String topic : batch.noticeTopics()) {
            if (pipeline.topics().containsKey(topic)) {
                error(
                        hippo.subscribe().contains(topic) ? path + "/subscribe/" + topic : path + "/on",
                        "topic '" + topic + "' holds events of contract "
                                + pipeline.topic(topic).contract() + ", and missions start on notices",
                        "say what its events must be with 'where', wait for the table that they land in, or name a topic of notices, which needs no declaration");
            }
        }
        for (String topic : hippo.publish()) {
            if (!topic.equals(RuleReader.FINISH_TOPIC)) {
                error(
                        path + "/publish/" + topic,
                        "the end of a mission is told on '" + RuleReader.FINISH_TOPIC + "' only",
                        "take 'publish' away");
            }
        }
        String query = batch.env().get(HippoSettings.Batch.QUERY_SERVICE);
        if (query != null) {
            queryService(path + "/run/query", query);
        }
        String run = batch.run();
        Matcher script = SCRIPT.matcher(run == null ? "" : run);
        if (script.matches() && !Files.isRegularFile(pipeline.folder().resolve(script.group(1)))) {
            error(
                    path + "/run",
                    "there is no file " + pipeline.folder().resolve(script.group(1)),
                    "the command runs in the folder of the pipeline file");
        }
        batch.rules()
                .forEach(rule ->
                        rule.conditions().forEach(condition -> condition.told().forEach(told -> known(path, told))));
    }

    private void queryService(String path, String named) {
        List<String> services = pipeline.hippos().values().stream()
                .filter(hippo -> hippo.kind() == Kind.QUERY)
                .map(HippoSpec::name)
                .toList();
        if (pipeline.queryService(named).isPresent()) {
            return;
        }
        if (services.isEmpty()) {
            error(
                    path,
                    "which database? There is no 'url', and no query service in this pipeline",
                    "write url: jdbc:postgresql://HOST/DATABASE, or add a hippo with kind: query for the pipeline's own tables");
        } else if (named.isEmpty()) {
            error(
                    path,
                    "which query service? There are " + String.join(", ", services),
                    "add query: " + services.get(0));
        } else {
            error(path, "'" + named + "' is no query service of this pipeline", Suggestion.hint(named, services));
        }
    }

    /** Where in the file a condition stands, for {@link Marks}. */
    static String place(EventCame event) {
        // no place is within another's
        return event.toString().replace('/', '|');
    }

    private void event(EventCame event) {
        TopicSpec topic = pipeline.topics().get(event.topic());
        if (topic == null) {
            error(
                    place(event),
                    "topic '" + event.topic() + "' has no contract, and 'where' is about the fields of one",
                    Suggestion.hint(event.topic(), pipeline.topics().keySet()));
            return;
        }
        contracts.contract(topic.contract()).ifPresent(contract -> {
            event.where()
                    .forEach((field, text) -> fits(
                            place(event) + "/" + field, () -> FieldCondition.of(contract.descriptor(), field, text)));
            event.by()
                    .forEach(field -> fits(
                            place(event) + "/by " + field,
                            () -> FieldCondition.checkText(contract.descriptor(), field)));
        });
    }

    private void fits(String path, Runnable attempt) {
        try {
            attempt.run();
        } catch (IllegalArgumentException e) {
            error(path, String.valueOf(e.getMessage()), "");
        }
    }

    private void known(String path, Told condition) {
        if (condition instanceof HippoFinished finished
                && !finished.hippo().contains("*")
                && !pipeline.hippos().containsKey(finished.hippo())) {
            warning(
                    path + "/on",
                    "hippo '" + finished.hippo() + "' is not in this pipeline",
                    Suggestion.hint(finished.hippo(), pipeline.hippos().keySet()));
        }
    }

    /** A mission whose end starts, over others, the same hippo again never comes to rest. */
    private void cycles() {
        Map<String, Set<String>> starts = new LinkedHashMap<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Batch batch) {
                batch.rules()
                        .forEach(rule -> rule.conditions()
                                .forEach(condition -> startedBy(condition)
                                        .forEach(before -> starts.computeIfAbsent(before, b -> new LinkedHashSet<>())
                                                .add(hippo.name()))));
            }
        }
        for (String hippo : starts.keySet()) {
            Set<String> reached = new LinkedHashSet<>();
            List<String> open = new ArrayList<>(starts.getOrDefault(hippo, Set.of()));
            while (!open.isEmpty()) {
                String next = open.remove(open.size() - 1);
                if (reached.add(next)) {
                    open.addAll(starts.getOrDefault(next, Set.of()));
                }
            }
            if (reached.contains(hippo)) {
                error(
                        "hippos/" + hippo + "/on",
                        "the end of '" + hippo + "' starts, over " + String.join(", ", reached) + ", '" + hippo
                                + "' again: a cycle",
                        "");
            }
        }
    }

    private List<String> startedBy(Condition condition) {
        List<String> hippos = new ArrayList<>();
        for (Told told : condition.told()) {
            if (told instanceof HippoFinished finished) {
                NamePattern pattern = NamePattern.of(finished.hippo());
                pipeline.hippos().keySet().stream().filter(pattern::matches).forEach(hippos::add);
            }
        }
        return hippos;
    }

    private void error(String path, String message, String hint) {
        findings.add(marks.finding(path, Severity.ERROR, message, hint));
    }

    private void warning(String path, String message, String hint) {
        findings.add(marks.finding(path, Severity.WARNING, message, hint));
    }
}
