// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.contracts.ContractException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pipeline as its file declares it, profile applied and variables resolved. Maps keep the order of the file.
 *
 * @param name the pipeline's name
 * @param folder the folder that holds {@code pipeline.yaml}, {@code contracts/} and the steps' files; absolute
 * @param graphite where the metrics of each hippo are sent to, if anywhere
 */
public record PipelineSpec(
        String name,
        Path folder,
        KafkaSpec kafka,
        Map<String, TopicSpec> topics,
        Map<String, TableSpec> tables,
        Map<String, HippoSpec> hippos,
        SupervisionSpec supervision,
        Optional<GraphiteSpec> graphite) {

    /** A pipeline that is supervised as by default, and whose metrics are sent nowhere. */
    public PipelineSpec(
            String name,
            Path folder,
            KafkaSpec kafka,
            Map<String, TopicSpec> topics,
            Map<String, TableSpec> tables,
            Map<String, HippoSpec> hippos) {
        this(name, folder, kafka, topics, tables, hippos, SupervisionSpec.DEFAULT, Optional.empty());
    }

    public PipelineSpec {
        folder = folder.toAbsolutePath().normalize();
        topics = Collections.unmodifiableMap(new LinkedHashMap<>(topics));
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        hippos = Collections.unmodifiableMap(new LinkedHashMap<>(hippos));
    }

    /** The topic with that name, which the check has proven to be declared. */
    public TopicSpec topic(String topicName) {
        TopicSpec topic = topics.get(topicName);
        if (topic == null) {
            throw new IllegalArgumentException("topic '" + topicName + "' is not declared in pipeline " + name);
        }
        return topic;
    }

    /** The table with that name, which the check has proven to be declared. */
    public TableSpec table(String tableName) {
        TableSpec table = tables.get(tableName);
        if (table == null) {
            throw new IllegalArgumentException("table '" + tableName + "' is not declared in pipeline " + name);
        }
        return table;
    }

    /** The db-etl that writes a topic of all changes; empty if none of this pipeline does. */
    public Optional<HippoSettings.Capture> captureOf(String changes) {
        return hippos.values().stream()
                .map(HippoSpec::settings)
                .filter(HippoSettings.Capture.class::isInstance)
                .map(HippoSettings.Capture.class::cast)
                .filter(capture -> capture.changes().equals(changes))
                .findFirst();
    }

    /**
     * What a topic of all changes tells of: the changelog topic that has a table's contract and key, by the table's name. From the db-etl that writes it, or from the topic itself where an
     * application does; empty if it is no such topic.
     */
    public Optional<Map<String, String>> changedTables(String changes) {
        TopicSpec topic = topics.get(changes);
        return topic == null || topic.tables().isEmpty()
                ? captureOf(changes).map(HippoSettings.Capture::topics)
                : Optional.of(topic.tables());
    }

    /**
     * The contract of a captured table's rows.
     *
     * @throws IllegalArgumentException if the capture does not tell of that table
     */
    public String contractOf(HippoSettings.Capture capture, String captured) {
        String own = capture.mapping(captured).contract();
        String topic = capture.topics().get(captured);
        if (own.isEmpty() && topic == null) {
            throw new IllegalArgumentException("table " + captured + " is not one of this hippo's tables");
        }
        return topic == null ? own : topic(topic).contract();
    }

    /**
     * The query service of that name.
     *
     * @param hippo empty for the only one
     * @return nothing if there is none, or several and none is named
     */
    public Optional<HippoSpec> queryService(String hippo) {
        List<HippoSpec> fitting = hippos.values().stream()
                .filter(spec -> spec.kind() == Kind.QUERY && (hippo.isEmpty() || hippo.equals(spec.name())))
                .toList();
        return fitting.size() == 1 ? Optional.of(fitting.get(0)) : Optional.empty();
    }

    /** The folder of the {@code .proto} files. */
    public Path contractsFolder() {
        return folder.resolve("contracts");
    }

    /**
     * Compiles the contracts. A pipeline that binds nothing to a contract needs no folder of them.
     *
     * @throws ContractException if a file does not compile: every problem with file, line and column
     * @throws IOException if the folder cannot be read
     */
    public ContractCatalog contracts() throws ContractException, IOException {
        return topics.isEmpty() && tables.isEmpty() && !Files.exists(contractsFolder())
                ? ContractCatalog.of(FileDescriptorSet.getDefaultInstance())
                : ContractCompiler.compile(contractsFolder());
    }
}
