// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step on a standalone session cluster in processes of its own, which have Flink's jars and none of ours. */
class RemoteClusterIT {
    private static final String PIPELINE = """
            topics:
              far_orders: {contract: shop.v1.Order, key: order_id, time: at, partitions: 2}
              far_copies: {contract: shop.v1.PricedOrder, key: order_id}
            hippos:
              step:
                kind: stream-etl
                engine:
                  flink:
                    address: 127.0.0.1:PORT
                    checkpoint: 500ms
                    config: {execution.checkpointing.dir: "CHECKPOINTS"}
                subscribe: far_orders
                publish: far_copies
                sql: step.sql
            """;
    private static final String SQL = "SELECT order_id, product, CAST(amount AS DOUBLE) AS price FROM far_orders";

    @TempDir
    Path folder;

    private int port;

    @Test
    void theStepRunsOnTheClusterAndGoesOnAfterTheDeathOfItsProcess() throws Exception {
        port = StablePort.choose("127.0.0.1");
        try (JavaProcess jobs =
                        cluster("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", List.of());
                JavaProcess tasks = cluster(
                        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                        List.of(
                                "-Dtaskmanager.cpu.cores=2",
                                "-Dtaskmanager.memory.framework.heap.size=64mb",
                                "-Dtaskmanager.memory.framework.off-heap.size=32mb",
                                "-Dtaskmanager.memory.jvm-metaspace.size=128mb",
                                "-Dtaskmanager.memory.jvm-overhead.min=32mb",
                                "-Dtaskmanager.memory.jvm-overhead.max=32mb",
                                "-Dtaskmanager.memory.task.heap.size=128mb",
                                "-Dtaskmanager.memory.task.off-heap.size=0mb",
                                "-Dtaskmanager.memory.managed.size=32mb",
                                "-Dtaskmanager.memory.network.min=32mb",
                                "-Dtaskmanager.memory.network.max=32mb"));
                Step step = new Step(
                        folder,
                        "far",
                        PIPELINE.replace("PORT", Integer.toString(port))
                                .replace(
                                        "CHECKPOINTS",
                                        folder.resolve("shared").toUri().toString()),
                        SQL);
                CommittedRecords copies = step.reader("far_copies")) {
            Awaitility.await("the cluster has slots")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(200))
                    .ignoreExceptions()
                    .until(() -> rest("/overview").path("slots-available").asInt() == 2);
            send(step, 1, 100);
            step.start();
            await(copies, 100);

            step.kill();
            send(step, 101, 200);
            await(copies, 200);
            assertThat(running())
                    .as("the job outlives the process that submitted it")
                    .hasSize(1);
            List<String> before = running();
            step.start();
            send(step, 201, 300);
            await(copies, 300);
            assertThat(running())
                    .as("one job runs, and it is a new one")
                    .hasSize(1)
                    .doesNotContainAnyElementsOf(before);
            assertThat(step.log()).contains("Ending job=" + before.get(0)).contains("from=file:");

            Map<String, Integer> copied = new HashMap<>();
            copies.texts().forEach(text -> copied.merge(text.substring(0, text.indexOf('=')), 1, Integer::sum));
            assertThat(copied).hasSize(300);
            assertThat(copied.values()).containsOnly(1);
            assertThat(jobs.isAlive() && tasks.isAlive()).isTrue();
        }
    }

    private static void send(Step step, int from, int to) throws Exception {
        for (int i = from; i <= to; i++) {
            step.send(
                    "far_orders",
                    "o" + i,
                    "{\"orderId\": \"o" + i + "\", \"product\": \"tea\", \"amount\": \"" + i
                            + "\", \"at\": \"2026-01-01T12:00:00Z\"}");
        }
        step.flush();
    }

    private static void await(CommittedRecords copies, int count) {
        Awaitility.await(count + " copies")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> copies.poll().size() >= count);
    }

    private List<String> running() throws IOException {
        List<String> running = new ArrayList<>();
        for (JsonNode job : rest("/jobs/overview").path("jobs")) {
            if (job.path("state").asText().equals("RUNNING")) {
                running.add(job.path("jid").asText());
            }
        }
        return running;
    }

    private JsonNode rest(String path) throws IOException {
        try (InputStream answer =
                URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
            return new ObjectMapper().readTree(answer);
        }
    }

    private JavaProcess cluster(String main, List<String> settings) throws IOException {
        Path conf = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(conf.resolve("config.yaml"), "taskmanager.numberOfTaskSlots: 2\n");
        List<String> arguments = new ArrayList<>(List.of("--configDir", conf.toString()));
        arguments.addAll(List.of(
                "-Djobmanager.rpc.address=127.0.0.1",
                "-Djobmanager.rpc.port=" + rpcPort(),
                "-Djobmanager.bind-host=127.0.0.1",
                "-Dtaskmanager.host=127.0.0.1",
                "-Dtaskmanager.bind-host=127.0.0.1",
                "-Drest.address=127.0.0.1",
                "-Drest.bind-address=127.0.0.1",
                "-Drest.port=" + port,
                "-Dio.tmp.dirs=" + Files.createDirectories(folder.resolve("cluster"))));
        arguments.addAll(settings);
        return JavaProcess.start(
                folder.resolve(main.replaceAll(".*\\.", "") + ".out"),
                List.of(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("cluster")),
                        "-cp",
                        flinkOnly()),
                main,
                arguments);
    }

    private int rpcPort;

    private int rpcPort() throws IOException {
        if (rpcPort == 0) {
            rpcPort = StablePort.choose("127.0.0.1");
        }
        return rpcPort;
    }

    /** What a Flink distribution has: Flink itself and what it needs, no connector, no Kafka, nothing of ours. */
    private static String flinkOnly() throws IOException {
        try (Stream<Path> jars = Files.list(JavaProcess.lib("flink"))) {
            return jars.filter(
                            jar -> jar.getFileName()
                                    .toString()
                                    .matches(
                                            "(flink-(?!connector-kafka)|slf4j-|logback-|commons-|kryo|minlog|objenesis|reflectasm|snakeyaml-engine|lz4-|snappy-|zstd-|frocksdbjni|RoaringBitmap|async-profiler).*"))
                    .map(Path::toString)
                    .collect(Collectors.joining(java.io.File.pathSeparator));
        }
    }
}
