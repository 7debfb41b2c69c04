// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractException;
import dev.hippo.contracts.Place;
import dev.hippo.contracts.options.OptionsProto;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.PartitionColumn.Transform;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what the parts of a pipeline mean together, without starting anything. Used once. */
public final class PipelineCheck {
    /**
     * What a check found.
     *
     * @param spec null when the file has errors
     * @param contracts null when the contracts do not compile
     */
    public record Result(
            @Nullable PipelineSpec spec, @Nullable ContractCatalog contracts, List<Finding> findings) {
        public Result {
            findings = List.copyOf(findings);
        }

        /** Whether anything keeps the pipeline from starting. */
        public boolean hasErrors() {
            return findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
        }
    }

    private final PipelineSpec pipeline;
    private final ContractCatalog contracts;
    private final Marks marks;
    private final List<Finding> findings = new ArrayList<>();

    private PipelineCheck(PipelineSpec pipeline, ContractCatalog contracts, Marks marks) {
        this.pipeline = pipeline;
        this.contracts = contracts;
        this.marks = marks;
    }

    /**
     * Checks a pipeline that has been read.
     *
     * @throws IOException if the contracts cannot be read at all
     */
    public static Result of(PipelineReading reading) throws IOException {
        List<Finding> findings = new ArrayList<>(reading.findings());
        PipelineSpec spec = reading.spec();
        if (spec == null) {
            return new Result(null, null, findings);
        }
        ContractCatalog contracts;
        try {
            contracts = spec.contracts();
        } catch (ContractException e) {
            e.problems()
                    .forEach(problem -> findings.add(new Finding(
                            beside(reading, "contracts/" + problem.file()),
                            problem.line(),
                            problem.column(),
                            Severity.ERROR,
                            problem.message(),
                            "")));
            return new Result(spec, null, findings);
        }
        PipelineCheck check = new PipelineCheck(spec, contracts, reading.marks());
        check.run();
        findings.addAll(check.findings);
        return new Result(spec, contracts, findings);
    }

    /** A file of the pipeline's folder, named as the user named the pipeline file. */
    public static String beside(PipelineReading reading, String file) {
        return beside(reading.marks(), file);
    }

    private static String beside(Marks marks, String file) {
        return java.nio.file.Path.of(marks.file()).resolveSibling(file).toString();
    }

    private void run() {
        pipeline.topics().values().forEach(this::topic);
        pipeline.tables().values().forEach(this::table);
        pipeline.hippos().values().forEach(this::hippo);
        methods();
        unused();
        ports();
        writers();
        cycles();
        findings.addAll(new MissionCheck(pipeline, contracts, marks).run());
        findings.addAll(new CaptureCheck(pipeline, contracts, marks).run());
        findings.addAll(new LakeCheck(pipeline, contracts, marks).run());
    }

    private void error(String path, String message, String hint) {
        findings.add(marks.finding(path, Severity.ERROR, message, hint));
    }

    private void warning(String path, String message, String hint) {
        findings.add(marks.finding(path, Severity.WARNING, message, hint));
    }

    private Optional<Contract> contract(String path, String name) {
        Optional<Contract> contract = contracts.contract(name);
        if (contract.isEmpty()) {
            error(
                    path + "/contract",
                    "contract '" + name + "' is not in the contracts folder",
                    Suggestion.hint(name, contracts.names()));
        }
        return contract;
    }

    private void topic(TopicSpec topic) {
        String path = "topics/" + topic.name();
        contract(path, topic.contract()).ifPresent(contract -> {
            fits(path + "/contract", contract::rules);
            key(path, topic, contract);
            EventTime time = topic.time();
            if (time != null) {
                fits(path + "/time", () -> contract.time(time.field()));
            }
        });
        if (pipeline.topics().containsKey(topic.rejectedTopic())) {
            error(
                    "topics/" + topic.rejectedTopic(),
                    "'" + topic.rejectedTopic() + "' is where refused events of '" + topic.name() + "' go",
                    "give the topic another name");
        }
    }

    private void key(String path, TopicSpec topic, Contract contract) {
        for (int i = 0; i < topic.key().size(); i++) {
            String field = topic.key().get(i);
            if (topic.key().indexOf(field) < i) {
                error(path + "/key/" + i, "field '" + field + "' is named twice in the key", "take one of them away");
            } else {
                fits(path + "/key/" + i, () -> contract.key(field));
            }
        }
    }

    /** Tries what a service will do when it starts; the reason against it also says what to do. */
    private void fits(String path, Runnable attempt) {
        try {
            attempt.run();
        } catch (IllegalArgumentException e) {
            error(path, String.valueOf(e.getMessage()), "");
        }
    }

    private void table(TableSpec table) {
        String path = "tables/" + table.name();
        contract(path, table.contract())
                .ifPresent(contract -> table.partitionBy().forEach(column -> {
                    if (column.transform() == Transform.IDENTITY) {
                        fits(path + "/partitionBy", () -> contract.key(column.field()));
                    } else {
                        fits(path + "/partitionBy", () -> contract.time(column.field()));
                        if (contract.descriptor().findFieldByName(column.name()) != null) {
                            error(
                                    path + "/partitionBy",
                                    "the contract has a field '" + column.name() + "' of its own",
                                    "a partition column that is cut from a time needs a name that no field has");
                        }
                    }
                }));
    }

    private void hippo(HippoSpec hippo) {
        String path = "hippos/" + hippo.name();
        if (hippo.settings() instanceof HippoSettings.Batch) {
            // its topics hold notices, which need no declaration
            return;
        }
        declared(
                path + "/subscribe",
                "topic",
                hippo.subscribe(),
                pipeline.topics().keySet());
        declared(path + "/publish", "topic", hippo.publish(), pipeline.topics().keySet());
        declared(path + "/write", "table", hippo.write(), pipeline.tables().keySet());
        if (hippo.settings() instanceof HippoSettings.Flink flink) {
            if (!Files.isRegularFile(flink.sql())) {
                error(path + "/sql", "there is no file " + flink.sql(), "the path is relative to the pipeline file");
            }
            if (hippo.subscribe().isEmpty() || hippo.publish().isEmpty()) {
                error(path, "a Flink step needs 'subscribe' and 'publish'", "");
            }
        } else if (hippo.settings() instanceof HippoSettings.Frontier frontier) {
            frontier(hippo, frontier, path);
        }
    }

    private void frontier(HippoSpec hippo, HippoSettings.Frontier frontier, String path) {
        if (hippo.publish().isEmpty() && frontier.notices().isEmpty()) {
            error(
                    path,
                    "a frontier without 'publish' and 'notices' takes nothing",
                    "name the topics that it takes events for under 'publish', those of notices under 'notices'");
        }
        for (String topic : frontier.notices()) {
            TopicSpec events = pipeline.topics().get(topic);
            if (events != null) {
                error(
                        path + "/notices/" + topic,
                        "topic '" + topic + "' holds events of contract " + events.contract() + ", not notices",
                        "name it under 'publish', or another topic here; one of notices needs no declaration");
            }
        }
    }

    private void declared(String path, String what, List<String> names, Set<String> known) {
        for (String name : names) {
            if (!known.contains(name)) {
                error(path + "/" + name, what + " '" + name + "' is not declared", Suggestion.hint(name, known));
            }
        }
    }

    /** A service method that publishes must find its topic, bound to what it takes. */
    private void methods() {
        for (ServiceDescriptor service : contracts.services()) {
            for (MethodDescriptor method : service.getMethods()) {
                String name = method.getOptions().getExtension(OptionsProto.publish);
                if (name.isEmpty()) {
                    continue;
                }
                TopicSpec topic = pipeline.topics().get(name);
                String where = "method " + method.getFullName() + " publishes to '" + name + "'";
                if (topic == null) {
                    error(
                            method,
                            where + ", which is not declared",
                            Suggestion.hint(name, pipeline.topics().keySet()));
                } else if (!topic.contract().equals(method.getInputType().getFullName())) {
                    error(
                            method,
                            where + ", whose contract is " + topic.contract() + ", and takes "
                                    + method.getInputType().getFullName(),
                            "");
                } else if (method.isServerStreaming() && !method.isClientStreaming()) {
                    error(
                            method,
                            where + " and answers with a stream, but one event has one answer",
                            "take away the 'stream' before the response, or put one before the request too");
                }
            }
        }
    }

    private void error(MethodDescriptor method, String message, String hint) {
        Place place = Place.ofName(method);
        findings.add(new Finding(
                beside(marks, "contracts/" + place.file()),
                place.line(),
                place.column(),
                Severity.ERROR,
                message,
                hint));
    }

    private void unused() {
        Set<String> topics = new LinkedHashSet<>(pipeline.topics().keySet());
        Set<String> tables = new LinkedHashSet<>(pipeline.tables().keySet());
        pipeline.hippos().values().forEach(hippo -> {
            hippo.subscribe().forEach(topics::remove);
            hippo.publish().forEach(topics::remove);
            hippo.write().forEach(tables::remove);
        });
        // they need no records: their contract and key are used
        pipeline.topics().values().forEach(topic -> topic.tables().values().forEach(topics::remove));
        topics.forEach(name -> warning("topics/" + name, "no hippo uses topic '" + name + "'", ""));
        tables.forEach(name -> warning("tables/" + name, "no hippo writes table '" + name + "'", ""));
    }

    private void ports() {
        Map<Integer, String> owners = new HashMap<>();
        if (pipeline.kafka() instanceof KafkaSpec.Embedded embedded && embedded.port() != 0) {
            owners.put(embedded.port(), "the embedded Kafka");
        }
        for (HippoSpec hippo : pipeline.hippos().values()) {
            String before = hippo.port() == 0 ? null : owners.putIfAbsent(hippo.port(), "hippo '" + hippo.name() + "'");
            if (before != null) {
                error(
                        "hippos/" + hippo.name() + "/port",
                        "port " + hippo.port() + " is " + before + "'s already",
                        "choose another");
            }
        }
    }

    private void writers() {
        Map<String, String> owners = new HashMap<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            for (String table : hippo.write()) {
                String before = owners.putIfAbsent(table, hippo.name());
                if (before != null) {
                    error(
                            "hippos/" + hippo.name() + "/write/" + table,
                            "table '" + table + "' is written by '" + before + "' already",
                            "a table has one writer");
                }
            }
        }
    }

    /** A step that reads, over others, what it writes never comes to rest. */
    private void cycles() {
        Map<String, Set<String>> next = new LinkedHashMap<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            hippo.subscribe()
                    .forEach(topic -> next.computeIfAbsent(topic, t -> new LinkedHashSet<>())
                            .addAll(hippo.publish()));
        }
        for (HippoSpec hippo : pipeline.hippos().values()) {
            Set<String> reached = new LinkedHashSet<>();
            List<String> open = new ArrayList<>(hippo.publish());
            while (!open.isEmpty()) {
                String topic = open.remove(open.size() - 1);
                if (reached.add(topic)) {
                    open.addAll(next.getOrDefault(topic, Set.of()));
                }
            }
            for (String topic : hippo.subscribe()) {
                if (reached.contains(topic)) {
                    error(
                            "hippos/" + hippo.name() + "/subscribe/" + topic,
                            "'" + hippo.name() + "' reads topic '" + topic
                                    + "', which comes of what it publishes: a cycle",
                            "");
                }
            }
        }
    }
}
