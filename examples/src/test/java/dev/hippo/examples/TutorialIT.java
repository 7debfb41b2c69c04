// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial, step by step: Kafka's own console producer and consumer stand for the user's terminals. */
class TutorialIT {
    private static final Path TUTORIAL = HippoCommand.root().resolve("examples/tutorial");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The messages of the first Hippo's slides, byte for byte: a monthly file, a daily file, a daily file of another database. */
    private static final List<String> NOTICES = List.of(
            "{\"table\": \"PARTY_TRU_ACCUM_BAL_M\", \"partition\": [{\"name\": \"YYYYMM\", \"value\": \"201703\"}], \"db\": \"btd\", \"method\": \"overwrite_partition\", \"exec_date\": \"1493394946\"}",
            "{\"table\": \"PARTY_EDW_CUST_INS_SALES\", \"partition\": [{\"name\": \"\", \"value\": \"\"}], \"db\": \"btmp\", \"method\": \"partition\", \"exec_date\": \"1493394946\"}",
            "{\"table\": \"PARTY_EDW_CUST_INS_SALES\", \"partition\": [{\"name\": \"\", \"value\": \"\"}], \"db\": \"btd\", \"method\": \"partition\", \"exec_date\": \"1493394946\"}");

    @TempDir
    Path folder;

    @Test
    void whatIsPastedInTheConsoleProducerIsSeenFinishedInTheConsoleConsumer() throws Exception {
        Path state = folder.resolve("state");
        Path seen = folder.resolve("seen");
        try (HippoCommand hippo = new HippoCommand(TUTORIAL, state, Map.of())) {
            hippo.up();
            Process consumer = script("console-consumer", state, seen, "--topic", "hippo-finish", "--from-beginning");
            try {
                paste(state, NOTICES.get(0));
                assertThat(finishes(seen, 1)).singleElement().satisfies(finish -> {
                    assertThat(finish.path("partition_values").path(0).asText()).isEqualTo("201703");
                    assertThat(finish.path("rows_out").asInt()).isEqualTo(31);
                });
                paste(state, NOTICES.get(1), NOTICES.get(2));
                HippoCommand.Result own =
                        hippo.run("notice", "PARTY_TRU_ACCUM_BAL_M", "--db", "btd", "--partition", "YYYYMM=201704");
                assertThat(own.output()).isEqualTo("frontier-adw partition 0 offset 3\n");
                List<JsonNode> finishes = finishes(seen, 4);
                assertThat(finishes).allSatisfy(finish -> {
                    assertThat(finish.path("hippo_name").asText()).isEqualTo("nightly");
                    assertThat(finish.path("is_success").asBoolean()).isTrue();
                });
                assertThat(finishes.subList(0, 3))
                        .extracting(finish -> finish.path("receive_msgs").path(0))
                        .containsExactlyInAnyOrder(
                                JSON.readTree(NOTICES.get(0)),
                                JSON.readTree(NOTICES.get(1)),
                                JSON.readTree(NOTICES.get(2)));
                assertThat(topic(state).subList(0, 3)).isEqualTo(NOTICES);
            } finally {
                consumer.destroy();
                assertThat(consumer.waitFor(2, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    private static Process script(String name, Path state, Path out, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(TUTORIAL.resolve("bin/" + name + ".sh").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HIPPO_STATE", state.toString());
        builder.redirectError(Path.of(out + ".err").toFile()).redirectOutput(out.toFile());
        return builder.start();
    }

    /** Pastes lines in the console producer, then Ctrl-D. */
    private void paste(Path state, String... lines) throws Exception {
        Path out = folder.resolve("producer");
        Process producer = script("console-producer", state, out, "--topic", "frontier-adw");
        try (OutputStream keys = producer.getOutputStream()) {
            for (String line : lines) {
                keys.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(producer.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(producer.exitValue())
                .as(Files.readString(Path.of(out + ".err")))
                .isZero();
    }

    private static List<JsonNode> finishes(Path seen, int count) throws IOException {
        Awaitility.await(count + " finish messages in the console consumer")
                .atMost(Duration.ofMinutes(1))
                .until(() -> Files.readString(seen).lines().count() >= count);
        List<JsonNode> finishes = new ArrayList<>();
        for (String line : Files.readAllLines(seen)) {
            finishes.add(JSON.readTree(line));
        }
        assertThat(finishes).hasSize(count);
        return finishes;
    }

    private static List<String> topic(Path state) throws Exception {
        KafkaConnection kafka = new KafkaConnection(
                "127.0.0.1:" + Files.readString(state.resolve("kafka.port")).strip(), Map.of());
        List<String> values = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "test", "frontier-adw")) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    values.add(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }
}
