// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.StateFolder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosisTest {
    @TempDir
    Path folder;

    private static List<String> told(List<Symptom> symptoms) {
        return symptoms.stream()
                .map(symptom -> symptom.state().word() + " " + symptom.about() + ": " + symptom.text())
                .toList();
    }

    @Test
    void aPortThatIsTakenAndAProgramThatIsMissingAreTold() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = folder.resolve("pipeline.yaml");
            Files.writeString(file, """
                    pipeline: p
                    hippos:
                      gate: {notices: frontier-adw, port: %d}
                      load: {subscribe: frontier-adw, run: "true && exec python3 'jobs/node.py' | tool"}
                    """.formatted(taken.getLocalPort()));
            Path bin = Files.createDirectories(folder.resolve("bin"));
            StateFolder state = new StateFolder(folder.resolve(".hippo"));
            List<String> symptoms = told(new HostCheckup(
                            PipelineFile.read(file, null, Map.of()).spec(), state, Map.of("PATH", bin.toString()))
                    .look());
            assertThat(symptoms)
                    .anyMatch(text -> text.startsWith(
                            "sick ports: 'gate' does not run, and cannot listen on 127.0.0.1:" + taken.getLocalPort()))
                    .contains("sick programs: 'load' calls 'python3', which is not on its PATH")
                    .noneMatch(text -> text.contains("'node'"));
            assertThat(Files.createFile(bin.resolve("python3")).toFile().setExecutable(true))
                    .isTrue();
            assertThat(HostCheckup.find("python3", "/nowhere:" + bin)).contains(bin.resolve("python3"));
        }
    }

    @Test
    void whatHasDiedIsToldWithItsLastWords() throws Exception {
        StateFolder state = new StateFolder(folder);
        Files.createDirectories(state.run());
        Files.createDirectories(state.logs());
        Files.writeString(state.logs().resolve("load.out"), "one\ntwo\n\nthree\nno Kafka at 127.0.0.1:9\n");
        Files.writeString(
                state.run().resolve("processes.json"),
                "[{\"name\":\"load\",\"kind\":\"batch-etl\",\"state\":\"DEAD\",\"pid\":0,\"born\":0,\"fingerprint\":\"\",\"restarts\":7},"
                        + "{\"name\":\"gate\",\"kind\":\"frontier\",\"state\":\"RUNNING\",\"pid\":999999999,\"born\":1,"
                        + "\"fingerprint\":\"\",\"restarts\":0}]");
        Files.writeString(state.run().resolve("gate.lock"), "999999999");
        Files.writeString(state.run().resolve("gate.json"), "{}");
        assertThat(told(new ProcessCheckup(state).look()))
                .containsExactly(
                        "warning supervisor: the pipeline is not up: nothing restarts what dies",
                        "sick load: it is dead after 7 restarts; its last words (load.out): two | three | no Kafka at"
                                + " 127.0.0.1:9",
                        "sick gate: it was running and is gone, process 999999999; it has left no log",
                        "warning gate: process 999999999 was killed: gate.json says that it is ready, and nobody holds"
                                + " gate.lock");
    }

    @Test
    void whoWaitsForKafkaIsTold() throws Exception {
        StateFolder state = new StateFolder(folder);
        Files.createDirectories(state.run());
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: p\nhippos:\n  load: {subscribe: a, run: \"true\"}\n  gone: {subscribe: a, run: \"true\"}\n"
                        + "  ask: {kind: query}\n");
        long born = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
        String living = "\"pid\":" + ProcessHandle.current().pid() + ",\"born\":" + born
                + ",\"fingerprint\":\"\",\"restarts\":0}";
        Files.writeString(
                state.run().resolve("processes.json"),
                "[{\"name\":\"load\",\"kind\":\"batch-etl\",\"state\":\"RETRYING\",\"pid\":0,\"born\":0,\"fingerprint\":\"\",\"restarts\":7},"
                        + "{\"name\":\"gone\",\"kind\":\"batch-etl\",\"state\":\"SLEEP\",\"pid\":0,\"born\":0,\"fingerprint\":\"\",\"restarts\":7},"
                        + "{\"name\":\"kafka\",\"kind\":\"broker\",\"state\":\"RUNNING\"," + living
                        + ",{\"name\":\"ask\",\"kind\":\"query\",\"state\":\"RUNNING\"," + living
                        + ",{\"name\":\"doctor\",\"kind\":\"doctor\",\"state\":\"RUNNING\"," + living + "]");
        assertThat(told(new KafkaSufferers(
                                PipelineFile.read(file, null, Map.of()).spec(), state)
                        .look()))
                .containsExactly(
                        "warning load: it waits for Kafka: jobs that run go on, nothing begins, and no end is told",
                        "warning ask: it waits for Kafka: queries over topics fail, those over tables are answered",
                        "warning doctor: it waits for Kafka: it judges nobody, takes no orders and tells what it knew before");
    }

    @Test
    void diskJavaClockAndDatabaseAreJudged() {
        assertThat(HostCheckup.java(11).state()).isEqualTo(Symptom.State.SICK);
        assertThat(HostCheckup.java(17).state()).isEqualTo(Symptom.State.WELL);
        assertThat(HostCheckup.disk(1 << 20, folder).state()).isEqualTo(Symptom.State.SICK);
        assertThat(HostCheckup.disk(1L << 30, folder).state()).isEqualTo(Symptom.State.WARNING);
        assertThat(HostCheckup.disk(1L << 40, folder).state()).isEqualTo(Symptom.State.WELL);
        Instant noon = Instant.parse("2017-04-05T12:00:00Z");
        assertThat(KafkaCheckup.clock(noon, noon).state()).isEqualTo(Symptom.State.WELL);
        assertThat(KafkaCheckup.clock(noon.plusSeconds(9), noon).text()).contains("9 s ahead");
        assertThat(DatabaseCheckup.look(Map.of())).isEmpty();
        assertThat(told(DatabaseCheckup.look(
                        Map.of("HIPPO_DOCTOR_DATABASE", "jdbc:postgresql://127.0.0.1:1/x?password=secret"))))
                .singleElement()
                .asString()
                .startsWith("sick database: nobody answers at 127.0.0.1:1")
                .doesNotContain("secret");
    }
}
