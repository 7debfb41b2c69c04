// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.change.AcceptedContracts;
import dev.hippo.contracts.change.ContractChange;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares the contracts of a pipeline with those that its state folder remembers, with which its events and rows were stored. */
final class StoredContracts {
    private final PipelineSpec pipeline;
    private final ContractCatalog contracts;
    private final StateFolder state;

    StoredContracts(PipelineSpec pipeline, ContractCatalog contracts, StateFolder state) {
        this.pipeline = pipeline;
        this.contracts = contracts;
        this.state = state;
    }

    /** What has changed; files are relative to the pipeline's folder. */
    List<Finding> findings() throws IOException {
        return AcceptedContracts.read(state.acceptedContracts()).changes(bound()).stream()
                .map(change -> new Finding(
                        "contracts/" + change.file(),
                        change.line(),
                        change.column(),
                        change.effect() == ContractChange.Effect.BREAKS
                                ? Finding.Severity.ERROR
                                : Finding.Severity.WARNING,
                        change.message(),
                        hint(change)))
                .toList();
    }

    private String hint(ContractChange change) {
        return change.effect() == ContractChange.Effect.BREAKS
                ? change.hint() + ". Or begin anew without what is stored: delete " + state.root()
                : change.hint();
    }

    /** Remembers the contracts of now. */
    void accept() throws IOException {
        AcceptedContracts.read(state.acceptedContracts()).with(bound()).write(state.acceptedContracts());
    }

    private Map<String, Descriptor> bound() {
        Map<String, Descriptor> bound = new LinkedHashMap<>();
        pipeline.topics()
                .values()
                .forEach(topic -> contracts
                        .contract(topic.contract())
                        .map(Contract::descriptor)
                        .ifPresent(contract -> bound.put("topic " + topic.name(), contract)));
        pipeline.tables()
                .values()
                .forEach(table -> contracts
                        .contract(table.contract())
                        .map(Contract::descriptor)
                        .ifPresent(contract -> bound.put("table " + table.name(), contract)));
        return bound;
    }
}
