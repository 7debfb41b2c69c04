// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.filter.FilteredSource;
import dev.hippo.capture.filter.RowFilter;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Each table's contract is that of the topic for its latest rows. */
final class TopicContracts implements Contracts {
    private final PipelineSpec pipeline;
    private final HippoSpec hippo;
    private final ContractCatalog contracts;

    TopicContracts(PipelineSpec pipeline, HippoSpec hippo, ContractCatalog contracts) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.contracts = contracts;
    }

    static TopicContracts of(HippoContext context) {
        return new TopicContracts(context.pipeline(), context.hippo(), context.contracts());
    }

    @Override
    public Descriptor of(SourceTable table) throws SourceFailure {
        mapping(table);
        return contract(hippo.settings(Capture.class), table.fullName());
    }

    /** A source without the rows that the pipeline file does not ask for. */
    ChangeSource filtered(ChangeSource source) {
        Map<String, RowFilter> filters = new HashMap<>();
        Capture capture = hippo.settings(Capture.class);
        capture.mappings().forEach((table, mapping) -> {
            if (!mapping.where().isEmpty()) {
                filters.put(table, new RowFilter(mapping, contract(capture, table), key(capture, table)));
            }
        });
        return FilteredSource.of(source, filters);
    }

    private Descriptor contract(Capture capture, String table) {
        return contracts
                .contract(pipeline.contractOf(capture, table))
                .orElseThrow()
                .descriptor();
    }

    /** Of a table that is told among all changes alone none. */
    private List<String> key(Capture capture, String table) {
        String topic = capture.topics().get(table);
        return topic == null ? List.of() : pipeline.topic(topic).key();
    }

    @Override
    public ContractMapping mapping(SourceTable table) throws SourceFailure {
        Capture capture = hippo.settings(Capture.class);
        String name = table.fullName();
        if (!capture.tables().contains(name)) {
            throw new SourceFailure(SourceFailure.Kind.SETTING, "table " + name + " is not one of this hippo's tables");
        }
        ContractMapping mapping = ContractMapping.of(table, contract(capture, name), capture.mapping(name));
        List<String> problems = new ArrayList<>(mapping.problems());
        List<String> key = key(capture, name);
        // the order of the topic's fields is its own matter
        if (capture.topics().containsKey(name) && !Set.copyOf(table.key()).equals(Set.copyOf(key))) {
            problems.add("the key of table " + name + " is "
                    + (table.key().isEmpty() ? "none" : String.join(", ", table.key())) + ", that of topic '"
                    + capture.topics().get(name) + "' is " + String.join(", ", key)
                    + (table.key().isEmpty()
                            ? "; name the contract at the table, and it is told among all changes, without a topic of its own"
                            : ""));
        }
        if (!problems.isEmpty()) {
            throw new SourceFailure(SourceFailure.Kind.SETTING, String.join("; ", problems));
        }
        return mapping;
    }
}
