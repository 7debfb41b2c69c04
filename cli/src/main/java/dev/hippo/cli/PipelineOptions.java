// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractException;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which pipeline a command is about. */
final class PipelineOptions {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the pipeline file, or its folder (default: pipeline.yaml here)")
    private Path file = Path.of("pipeline.yaml");

    @Option(names = "--profile", paramLabel = "NAME", description = "merge this profile of the file over the rest")
    private @Nullable String profile;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "where the pipeline keeps its state (default: .hippo beside the file)")
    private @Nullable Path stateFolder;

    PipelineOptions() {}

    /** The options as another command would be given them. */
    PipelineOptions(Path file, @Nullable String profile, @Nullable Path stateFolder) {
        this.file = file;
        this.profile = profile;
        this.stateFolder = stateFolder;
    }

    Path file() {
        Path named = Files.isDirectory(file) ? file.resolve("pipeline.yaml") : file;
        if (!Files.isRegularFile(named)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "there is no file '" + named
                            + "'; go to the pipeline's folder, name the file with -f, or make one with 'hippo new FOLDER'");
        }
        return named;
    }

    @Nullable
    String profile() {
        return profile;
    }

    PipelineReading read() throws IOException {
        return PipelineFile.read(file(), profile, System.getenv());
    }

    /** The pipeline, which must have no errors in its file. */
    PipelineSpec pipeline() throws IOException {
        PipelineReading reading = read();
        PipelineSpec spec = reading.spec();
        if (spec == null) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    reading.findings().stream().map(Finding::toString).collect(Collectors.joining("\n")));
        }
        return spec;
    }

    StateFolder state(PipelineSpec pipeline) {
        return stateFolder == null ? StateFolder.of(pipeline) : new StateFolder(stateFolder);
    }

    ContractCatalog contracts(PipelineSpec pipeline) throws IOException {
        try {
            return pipeline.contracts();
        } catch (ContractException e) {
            throw new CommandFailure(ExitStatus.FAILED, String.valueOf(e.getMessage()));
        }
    }

    KafkaConnection kafka(PipelineSpec pipeline) {
        try {
            return KafkaConnection.of(pipeline, state(pipeline));
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }
}
