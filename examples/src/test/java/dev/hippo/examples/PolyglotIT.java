// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bash, Python, Node and Java in one chain, and one that fails. */
class PolyglotIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void aNoticeRunsTheChainToItsEndAndAFailureStopsIt() throws Exception {
        Path out = folder.resolve("out");
        Path state = folder.resolve("state");
        Path pipeline = HippoCommand.root().resolve("examples/polyglot");
        try (HippoCommand hippo = new HippoCommand(pipeline, state, Map.of("OUT", out.toString()))) {
            hippo.up();
            Process press = press(state);
            try {
                runTheChain(hippo, state, out);
            } finally {
                press.descendants().forEach(ProcessHandle::destroy);
                press.destroy();
            }
        }
    }

    /** The part of the chain that has nothing of Hippo. */
    private Process press(Path state) throws Exception {
        return new ProcessBuilder(
                        "bash",
                        HippoCommand.root()
                                .resolve("examples/polyglot/outside/press.sh")
                                .toString(),
                        "127.0.0.1:"
                                + Files.readString(state.resolve("kafka.port")).strip())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("press.out").toFile())
                .start();
    }

    private static void runTheChain(HippoCommand hippo, Path state, Path out) throws Exception {
        notice(state, "../../LICENSE");
        notice(state, "nosuchtext");
        Awaitility.await("the text is printed and on the shelf, and the text that is not there has failed")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> count(hippo, "shelf", "succeeded") == 1 && count(hippo, "words", "failed") == 1);
        assertThat(out.resolve("LICENSE/chart.svg")).content().contains(">the</text>");
        assertThat(count(hippo, "words", "succeeded")).isEqualTo(1);
        JsonNode books =
                JSON.readTree(hippo.run("missions", "books", "--json").output().strip());
        assertThat(books.path("result").path("balanced").asBoolean()).isTrue();
        assertThat(books.path("trigger").path("sources")).hasSize(2);
        JsonNode failed = JSON.readTree(
                hippo.run("missions", "--status", "failed", "--json").output().strip());
        assertThat(failed.path("error_text").asText()).contains("exit status").contains("nosuchtext");
        assertThat(out.resolve("shelf")).hasContent("LICENSE");
    }

    private static long count(HippoCommand hippo, String name, String status) throws Exception {
        return hippo.run("missions", name, "--status", status, "--json")
                .output()
                .lines()
                .count();
    }

    private static void notice(Path state, String text) throws Exception {
        String kafka =
                "127.0.0.1:" + Files.readString(state.resolve("kafka.port")).strip();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(
                            "texts",
                            "{\"table\":\"text\",\"db\":\"files\",\"method\":\"overwrite_partition\","
                                    + "\"partition\":[{\"name\":\"path\",\"value\":\"" + text + "\"}]}"))
                    .get();
        }
    }
}
