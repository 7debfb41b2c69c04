// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {
    @TempDir
    Path folder;

    @Test
    void aSupervisorThatCannotUseItsStateFolderKeepsNobodyWaiting() throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, "pipeline: shop\n");
        PipelineSpec pipeline =
                Objects.requireNonNull(PipelineFile.read(file, null, Map.of()).spec());
        StateFolder state = new StateFolder(folder.resolve("state"));
        Files.createFile(Files.createDirectories(state.root()).resolve("run"));
        Supervisor supervisor = new Supervisor(
                new Installation(folder),
                new Deployment(file, null, pipeline, state),
                Agent.ofEverything(state, false),
                InstantSource.system(),
                new Silent());
        assertThatThrownBy(supervisor::run).isInstanceOf(IOException.class);
        assertThat(supervisor.stop(Duration.ZERO)).isTrue();
    }

    @Test
    void whatAnEarlierOneHasLeftIsNotForgottenWhenKafkaCannotBeReached() throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, "pipeline: shop\nkafka: {bootstrapServers: 'nowhere.invalid:9092'}\n");
        PipelineSpec pipeline =
                Objects.requireNonNull(PipelineFile.read(file, null, Map.of()).spec());
        StateFolder state = new StateFolder(folder.resolve("state"));
        Process living = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessRecord record = new ProcessRecord(
                    "work", "batch", "RUNNING", living.pid(), ProcessRecord.born(living.toHandle()), "0", 0, 0);
            ProcessRecord.write(state, List.of(record));
            Supervisor supervisor = new Supervisor(
                    new Installation(folder),
                    new Deployment(file, null, pipeline, state),
                    Agent.named("here", Set.of(), false, state),
                    InstantSource.system(),
                    new Silent());
            assertThatThrownBy(supervisor::run).isInstanceOf(KafkaUnavailable.class);
            assertThat(ProcessRecord.read(state)).containsExactly(record);
        } finally {
            living.destroyForcibly();
        }
    }

    private static final class Silent implements Supervisor.Listener {
        @Override
        public void moved(Instant at, String name, Life.State from, Life.State to, String reason) {}

        @Override
        public void notice(String text) {}

        @Override
        public void allRunning() {}
    }
}
