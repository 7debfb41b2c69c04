// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptPipelineTest {
    @TempDir
    Path folder;

    @BeforeEach
    void aPipeline() throws IOException {
        Files.createDirectories(folder.resolve("contracts/deep"));
        contract("string id = 1;");
        file("buckets");
    }

    private void contract(String field) throws IOException {
        Files.writeString(
                folder.resolve("contracts/deep/bucket.proto"),
                "syntax = \"proto3\";\npackage well.v1;\nmessage Bucket { " + field + " }\n");
    }

    private void file(String topic) throws IOException {
        Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: well
                topics:
                  %s: {contract: well.v1.Bucket, key: id}
                hippos:
                  gate: {kind: frontier, publish: %1$s}
                """.formatted(topic));
    }

    /** As the next process of the hippo. */
    private KeptPipeline next(String starter) {
        HippoArguments arguments = new HippoArguments(folder.resolve("pipeline.yaml"), "gate", null, null, -1);
        return new KeptPipeline(arguments, "gate", starter);
    }

    private void runsWell() throws Exception {
        KeptPipeline pipeline = next("up 1");
        assertThat(pipeline.choose().instead()).isEmpty();
        pipeline.keep();
    }

    @Test
    void aFileThatWasSpoiltIsReplacedByTheOneThatRanLast() throws Exception {
        runsWell();
        Files.writeString(folder.resolve("pipeline.yaml"), "pipeline: well\ntopics: {buckets: {contract: }\n");
        KeptPipeline.Chosen chosen = next("up 1").choose();
        assertThat(chosen.spec().topics()).containsKey("buckets");
        assertThat(chosen.spec().folder()).isEqualTo(folder.toAbsolutePath().normalize());
        assertThat(chosen.instead()).contains("pipeline.yaml:3:1", "not valid YAML");
        file("pails");
        assertThat(next("up 1").choose().spec().topics())
                .as("as soon as it is mended it counts")
                .containsKey("pails");
    }

    @Test
    void contractsThatWereSpoiltOrAFileThatIsGoneAreReplacedToo() throws Exception {
        runsWell();
        contract("strin id = 1;");
        KeptPipeline.Chosen chosen = next("up 1").choose();
        assertThat(chosen.contracts().contract("well.v1.Bucket")).isPresent();
        assertThat(chosen.instead()).contains("bucket.proto:3");
        Files.delete(folder.resolve("pipeline.yaml"));
        assertThat(next("up 1").choose().instead()).startsWith("there is no ").contains("pipeline.yaml");
    }

    @Test
    void aFileWhosePartsDoNotFitTogetherIsReplacedToo() throws Exception {
        runsWell();
        Files.writeString(
                folder.resolve("pipeline.yaml"),
                Files.readString(folder.resolve("pipeline.yaml")).replace("publish: buckets", "publish: bukets"));
        KeptPipeline.Chosen chosen = next("up 1").choose();
        assertThat(chosen.spec().hippos().get("gate").publish()).containsExactly("buckets");
        assertThat(chosen.instead()).contains("pipeline.yaml:5:", "topic 'bukets' is not declared");
    }

    @Test
    void withoutOneThatRanTheErrorsAreTold() throws IOException {
        contract("strin id = 1;");
        assertThatThrownBy(() -> next("up 1").choose())
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("bucket.proto:3");
    }

    @Test
    void aFileWithWhichTheHippoFailsAtOnceIsRefusedUntilItIsChangedOrAnotherStartsIt() throws Exception {
        runsWell();
        file("pails");
        KeptPipeline failing = next("up 1");
        assertThat(failing.choose().instead()).isEmpty();
        failing.refuse("no right to write");
        KeptPipeline.Chosen chosen = next("up 1").choose();
        assertThat(chosen.spec().topics()).containsKey("buckets");
        assertThat(chosen.instead()).isEqualTo("no right to write");
        assertThat(next("up 2").choose().instead()).as("hippo up was run again").isEmpty();
        contract("string id = 1; string size = 2;");
        assertThat(next("up 1").choose().instead())
                .as("the contracts are others")
                .isEmpty();
    }

    @Test
    void aFileThatWasRefusedIsTriedAgainWhenSomebodyOrdersIt() throws Exception {
        runsWell();
        file("pails");
        KeptPipeline failing = next("up 1");
        failing.choose();
        failing.refuse("no right to write");
        KeptPipeline.retry(new StateFolder(folder.resolve(".hippo")), "gate");
        assertThat(next("up 1").choose().instead()).isEmpty();
    }

    @Test
    void aFileWithAnErrorWithWhichItHasRunStaysInUse() throws Exception {
        String misspelt =
                Files.readString(folder.resolve("pipeline.yaml")).replace("publish: buckets", "publish: bukets");
        Files.writeString(folder.resolve("pipeline.yaml"), misspelt);
        runsWell();
        runsWell();
    }

    @Test
    void whatRanWellIsNotRefusedForAFailureAfterIt() throws Exception {
        runsWell();
        KeptPipeline failing = next("up 1");
        failing.choose();
        failing.refuse("the port is taken");
        assertThat(next("up 1").choose().instead()).isEmpty();
    }

    @Test
    void whatWasChangedWhileTheHippoRanIsNotKept() throws Exception {
        runsWell();
        KeptPipeline running = next("up 1");
        running.choose();
        file("pails");
        running.keep();
        Files.delete(folder.resolve("pipeline.yaml"));
        assertThat(next("up 1").choose().spec().topics()).containsKey("buckets");
    }
}
