// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.examples.database.PostgresServer;
import dev.hippo.ports.StablePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application tells its own changes, by a client that has nothing of Hippo, and a database has a table of them. */
class OwnChangesIT {
    private static final String PIPELINE = """
            pipeline: own
            topics:
              limits: {contract: shop.v1.Limit, key: customer, changelog: true, partitions: 1}
              limit-changes: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
            hippos:
              gate: {kind: frontier, publish: [limits, limit-changes], port: PORT}
              copy:
                kind: db-etl
                subscribe: limits
                destination: {url: 'DATABASE', user: postgres, tables: public.limits}
            """;

    /** As in docs/capture.md. */
    private static final String CLIENT = """
            import json, sys, urllib.request
            def tell(method, row, topic="limits"):
                request = urllib.request.Request(sys.argv[1] + "/topics/" + topic, json.dumps(row).encode(),
                                                 {"content-type": "application/json"}, method=method)
                with urllib.request.urlopen(request, timeout=60) as answer:
                    print(answer.status)
            tell("POST", {"customer": 7, "amount": "100.00"})    # created
            tell("POST", {"customer": 8, "amount": "50.00"})
            tell("POST", {"customer": 7, "amount": "250.00"})    # changed
            tell("DELETE", {"customer": 8})                      # deleted
            # field 1, 7: the message {"customer": 7}
            tell("POST", {"op": "DELETE", "table": "app.limits", "key": "CAc=",
                          "transaction": {"id": "t1", "index": 0, "end": {"log": "AAE="}}}, "limit-changes")
            """;

    @TempDir
    Path folder;

    @Test
    void whatAnApplicationCreatesChangesAndDeletesIsInTheDatabase() throws Exception {
        int port = StablePort.choose("127.0.0.1");
        try (PostgresServer postgres =
                PostgresServer.start(folder.resolve("postgres"), StablePort.choose("127.0.0.1"))) {
            Path pipeline = Files.createDirectories(folder.resolve("own"));
            Files.createDirectories(pipeline.resolve("contracts"));
            Files.writeString(
                    pipeline.resolve("contracts/shop.proto"),
                    "syntax = \"proto3\"; package shop.v1; message Limit { int64 customer = 1; string amount = 2; }");
            Files.writeString(
                    pipeline.resolve("pipeline.yaml"),
                    PIPELINE.replace("PORT", Integer.toString(port)).replace("DATABASE", postgres.url("postgres")));
            try (HippoCommand hippo = new HippoCommand(pipeline, folder.resolve("state"), Map.of())) {
                hippo.up();
                assertThat(client("http://127.0.0.1:" + port)).isEqualTo("200\n".repeat(5));
                Awaitility.await("the table has what is left")
                        .atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(200))
                        .ignoreExceptionsInstanceOf(SQLException.class)
                        .until(() -> rows(postgres).equals(List.of("7|250.00")));
                assertThat(hippo.run("tail", "limit-changes", "--from-beginning", "--once")
                                .output())
                        .contains("\"op\":\"DELETE\"", "\"end\":{\"log\":\"AAE=\"}");
                Awaitility.await("the destination tells how old its changes were")
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> hippo.run("sources").output().matches("(?s).*copy .* \\d+(\\.\\d)? s .*"));
            }
        }
    }

    private String client(String door) throws Exception {
        Path script = Files.writeString(folder.resolve("client.py"), CLIENT);
        Path out = folder.resolve("client.out");
        Process client = new ProcessBuilder("python3", script.toString(), door)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(client.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            client.destroyForcibly();
        }
        return Files.readString(out);
    }

    private static List<String> rows(PostgresServer postgres) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select customer, amount from limits order by 1")) {
            while (row.next()) {
                rows.add(row.getString(1) + "|" + row.getString(2));
            }
        }
        return rows;
    }
}
