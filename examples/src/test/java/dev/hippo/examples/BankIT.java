// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.examples.bank.Databases;
import dev.hippo.examples.bank.Load;
import dev.hippo.examples.bank.QueryService;
import dev.hippo.examples.bank.Reconciliation;
import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bank of examples/bank at work while its pipeline is killed with -9, one process after the other, and the books at the end. */
class BankIT {
    private static final int KILLS = Integer.getInteger("hippo.bank.kills", 7);
    private static final long SEED = Long.getLong("hippo.bank.seed", 20_261_121);
    private static final List<String> VICTIMS =
            List.of("bank-db", "crm-db", "accounts-lake", "join", "kafka", "copy", "payments-lake");

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void theBooksBalanceThoughEveryProcessWasKilled() throws Exception {
        Path state = folder.resolve("state");
        try (Databases databases = Databases.start(
                folder.resolve("databases"), StablePort.choose("127.0.0.1"), StablePort.choose("127.0.0.1"))) {
            try (HippoCommand hippo = new HippoCommand(
                            HippoCommand.root().resolve("examples/bank"), state, databases.environment());
                    Load load = Load.begin(databases)) {
                hippo.up();
                kill(hippo, load);
                load.stop();
                assertThat(load.transfers()).isGreaterThan(100L * KILLS);
                agree(databases, state);
                watched(hippo, state, databases);
                assertThat(slots(databases)).as("slots of PostgreSQL").hasSize(1);
            }
            assertThat(left(state)).as("processes that are left").isEmpty();
        }
        assertThat(left(folder)).as("databases that are left").isEmpty();
    }

    private static void kill(HippoCommand hippo, Load load) {
        Random random = new Random(SEED);
        for (int round = 0; round < KILLS; round++) {
            String victim = round < VICTIMS.size() ? VICTIMS.get(round) : VICTIMS.get(random.nextInt(VICTIMS.size()));
            long enough = load.transfers() + 20 + random.nextInt(400);
            Awaitility.await("the bank works on before the kill of " + victim)
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> load.transfers() > enough);
            Awaitility.await(victim + " is there to be killed")
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> hippo.pid(victim) != 0);
            long pid = hippo.pid(victim);
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            System.out.printf("kill %d: %s, behind %d transfers%n", round + 1, victim, load.transfers());
            // of two kills one is while another process is still on its way back
            if (random.nextBoolean()) {
                Awaitility.await(victim + " is back")
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> hippo.pid(victim) != 0 && hippo.pid(victim) != pid);
            }
        }
    }

    private static void agree(Databases databases, Path state) {
        QueryService query = new QueryService(state);
        AtomicReference<String> last = new AtomicReference<>("nothing could be read");
        try {
            // ten minutes are what Kafka gives a transaction left open
            Awaitility.await("the books balance")
                    .atMost(Duration.ofMinutes(12))
                    .pollInterval(Duration.ofSeconds(2))
                    // a process may still be on its way back
                    .ignoreException(IOException.class)
                    .until(() -> {
                        Reconciliation books = Reconciliation.of(databases, query);
                        last.set(String.join("\n", books.table()));
                        return books.agrees();
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(last.get(), e);
        }
        System.out.println(last.get());
    }

    private static void watched(HippoCommand hippo, Path state, Databases databases) {
        Awaitility.await("the sources are read to their ends")
                .atMost(Duration.ofMinutes(3))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    JsonNode all = JSON.readTree(hippo.run("sources", "--json").output());
                    assertThat(all.path("sources").findValuesAsText("name")).containsExactly("bank-db", "crm-db");
                    assertThat(all.path("sources").findValuesAsText("behindBytes"))
                            .containsExactly("0", "0");
                    assertThat(all.path("destinations").findValuesAsText("lag")).containsExactly("0");
                });
        Awaitility.await("the last change of an account is everywhere")
                .atMost(Duration.ofMinutes(3))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    JsonNode row = JSON.readTree(trace(state, databases, "--json", "accounts", "1"));
                    assertThat(row.path("row").path("id").asText()).isEqualTo("1");
                    assertThat(row.path("readers").findValuesAsText("name"))
                            .containsExactly("join", "accounts-lake", "copy");
                    assertThat(row.path("readers").findValuesAsText("has")).containsExactly("true", "true", "true");
                });
        try {
            System.out.println(hippo.run("sources").output());
            System.out.println(trace(state, databases, "accounts", "1"));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String trace(Path state, Databases databases, String... arguments)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                "trace",
                "row",
                "--file",
                HippoCommand.root().resolve("examples/bank").toString(),
                "--state",
                state.toString()));
        all.addAll(List.of(arguments));
        return HippoCommand.plain(Duration.ofMinutes(2), databases.environment(), all.toArray(String[]::new))
                .output();
    }

    private static List<String> slots(Databases databases) throws Exception {
        List<String> slots = new ArrayList<>();
        try (Connection postgres = databases.accounts();
                Statement statement = postgres.createStatement();
                ResultSet row = statement.executeQuery("select slot_name from pg_replication_slots")) {
            while (row.next()) {
                slots.add(row.getString(1));
            }
        }
        return slots;
    }

    private static List<ProcessHandle> left(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
                .toList();
    }
}
