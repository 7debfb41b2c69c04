// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Installation;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.PipelineCheck;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that {@code hippo check} looks at; {@code hippo up} begins with it. */
final class PipelineCheckRun {
    private final List<Finding> findings;
    private final @Nullable StoredContracts stored;

    /** What the check asks. */
    enum Scope {
        /** Files and what is stored of them. */
        FILES,
        /** The databases too. */
        DATABASES
    }

    private PipelineCheckRun(List<Finding> findings, @Nullable StoredContracts stored) {
        this.findings = List.copyOf(findings);
        this.stored = stored;
    }

    /** Looks at files alone. */
    static PipelineCheckRun of(PipelineOptions options) throws IOException, InterruptedException {
        return of(options, Scope.FILES);
    }

    /** Looks at the file and its contracts; at what is stored, at the SQL and where it is asked for at the databases when those have no errors. */
    static PipelineCheckRun of(PipelineOptions options, Scope scope) throws IOException, InterruptedException {
        PipelineReading reading = options.read();
        PipelineCheck.Result result = PipelineCheck.of(reading);
        List<Finding> findings = new ArrayList<>(result.findings());
        PipelineSpec spec = result.spec();
        ContractCatalog contracts = result.contracts();
        if (spec == null || contracts == null || result.hasErrors()) {
            return new PipelineCheckRun(findings, null);
        }
        StoredContracts stored = new StoredContracts(spec, contracts, options.state(spec));
        EngineCheck engines = new EngineCheck(
                Installation.ofThisProcess(), options.state(spec).root().resolve("check"));
        List<Finding> further = new ArrayList<>(stored.findings());
        further.addAll(engines.findings(spec, options.file(), options.profile()));
        for (Finding finding : further) {
            findings.add(new Finding(
                    PipelineCheck.beside(reading, finding.file()),
                    finding.line(),
                    finding.column(),
                    finding.severity(),
                    finding.message(),
                    finding.hint()));
        }
        if (scope == Scope.DATABASES) {
            findings.addAll(DatabaseCheck.findings(reading, spec, options.file(), options.profile()));
        }
        return new PipelineCheckRun(findings, stored);
    }

    /** Everything that was found. */
    List<Finding> findings() {
        return findings;
    }

    /** Whether anything keeps the pipeline from starting. */
    boolean hasErrors() {
        return findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR);
    }

    /** Remembers the contracts with which the pipeline is started now, for the next check. */
    void accept() {
        if (stored == null) {
            throw new IllegalStateException("a pipeline with errors is not started");
        }
        try {
            stored.accept();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "the contracts could not be kept in the state folder: " + e.getMessage());
        }
    }
}
