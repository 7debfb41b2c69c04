// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.TopicSpec;
import java.util.ArrayList;
import java.util.List;
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
        String name = hippo.settings(Capture.class).topics().get(table.fullName());
        if (name == null) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING, "table " + table.fullName() + " is not one of this hippo's tables");
        }
        TopicSpec topic = pipeline.topic(name);
        Descriptor contract = contracts.contract(topic.contract()).orElseThrow().descriptor();
        List<String> problems =
                new ArrayList<>(ContractMapping.of(table, contract).problems());
        // the order of the topic's fields is its own matter
        if (!Set.copyOf(table.key()).equals(Set.copyOf(topic.key()))) {
            problems.add("the key of table " + table.fullName() + " is "
                    + (table.key().isEmpty() ? "none" : String.join(", ", table.key())) + ", that of topic '" + name
                    + "' is " + String.join(", ", topic.key()));
        }
        if (!problems.isEmpty()) {
            throw new SourceFailure(SourceFailure.Kind.SETTING, String.join("; ", problems));
        }
        return contract;
    }
}
