// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a db-etl does whose database a connector of Debezium reads, whichever it is. */
abstract class DebeziumReaderTests extends LogReaderTests {
    private static final int KILLS = 3;
    private int loaded;

    @Test
    void aProcessThatIsKilledUnderLoadLosesNothingAndDoublesNothing() throws Exception {
        Running first = new Running();
        awaitEqual();
        first.service.stop();
        Random random = new Random(7);
        for (int kill = 0; kill < KILLS; kill++) {
            int before = changes().size();
            Process process = process();
            try {
                await().atMost(LONG).pollInterval(Duration.ofMillis(50)).until(() -> {
                    load(5);
                    return changes().size() > before || !process.isAlive();
                });
                assertThat(process.isAlive()).as(this::output).isTrue();
                for (long end = System.nanoTime() + random.nextInt(300) * 1_000_000L; System.nanoTime() < end; ) {
                    load(1);
                }
            } finally {
                process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
            }
        }
        new Running();
        awaitEqual();
        List<String> told = new ArrayList<>();
        Contract contract = pipeline.contracts().contract("bank.v1.Account").orElseThrow();
        for (ChangeEvent change : changes()) {
            if (change.getOp() != Op.READ) {
                told.add(change.getOp() + " " + change.getTransaction().getIndex() + " "
                        + change.getTransaction().hasEnd() + " "
                        + contract.json().toJson(change.getAfter().toByteArray()));
            }
        }
        List<String> done = new ArrayList<>();
        for (int i = 1; i <= loaded; i++) {
            done.add(
                    "CREATE 0 false {\"id\":\"" + (10_000 + i) + "\",\"owner\":\"load\",\"balance\":\"" + i + ".00\"}");
            done.add("UPDATE 1 true {\"id\":\"1\",\"owner\":\"owner 1\",\"balance\":\"" + i + ".00\"}");
        }
        assertThat(told).isEqualTo(done);
    }

    /** Commits transactions of two changes. */
    private void load(int transactions) throws Exception {
        for (int i = 0; i < transactions; i++) {
            loaded++;
            transaction(
                    "insert into " + table + " values (" + (10_000 + loaded) + ", 'load', " + loaded + ")",
                    "update " + table + " set balance = " + loaded + " where id = 1");
        }
    }

    /** One of its own, as the supervisor starts it. */
    private Process process() throws Exception {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(
                KafkaConnection.portFile(new StateFolder(folder.resolve("state"))),
                kafka.bootstrapServers().replaceAll(".*:", ""));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.hippo.capture.Main",
                        "--pipeline",
                        folder.resolve("pipeline.yaml").toString(),
                        "--hippo",
                        "bank-db",
                        "--state",
                        folder.resolve("state").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()))
                .start();
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
