// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.examples.database.PostgresServer;
import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application tells its own changes, by a client that has nothing of Hippo, and a database has a table of them. */
class OwnChangesIT {
    private static final String PIPELINE = """
            pipeline: own
            topics:
              limits: {contract: shop.v1.Limit, key: customer, changelog: true, partitions: 1}
              limit-changes: {contract: hippo.change.v1.ChangeEvent, partitions: 1, tables: {app.limits: limits}}
            tables:
              limit-history: {contract: shop.v1.Limit}
            hippos:
              gate: {kind: frontier, publish: [limits, limit-changes], port: PORT}
              copy:
                kind: db-etl
                subscribe: limits
                destination: {url: 'DATABASE', user: postgres, tables: public.limits}
              whole:
                kind: db-etl
                subscribe: limit-changes
                destination: {url: 'DATABASE', user: postgres, tables: {app.limits: public.whole_limits}}
              history: {subscribe: limit-changes, write: {app.limits: limit-history}}
            """;

    /** As in docs/capture.md. */
    private static final String CLIENT = """
            import base64, json, sys, urllib.request
            def tell(method, row, topic="limits"):
                request = urllib.request.Request(sys.argv[1] + "/topics/" + topic, json.dumps(row).encode(),
                                                 {"content-type": "application/json"}, method=method)
                with urllib.request.urlopen(request, timeout=60) as answer:
                    print(answer.status)
            tell("POST", {"customer": 7, "amount": "100.00"})    # created
            tell("POST", {"customer": 8, "amount": "50.00"})
            tell("POST", {"customer": 7, "amount": "250.00"})    # changed
            tell("DELETE", {"customer": 8})                      # deleted
            def message(customer, amount=""):                     # shop.v1.Limit, in protobuf's bytes
                text = bytes([18, len(amount)]) + amount.encode() if amount else b""
                return base64.b64encode(bytes([8, customer]) + text).decode()
            def commit(number, *changes):
                for i, change in enumerate(changes):
                    transaction = {"id": "t%d" % number, "index": i}
                    if i == len(changes) - 1:
                        transaction["end"] = {"log": base64.b64encode(bytes([0, number])).decode()}
                    for sent in range(1 if number == 1 else 2):    # as if the first answer had been lost
                        tell("POST", dict(change, table="app.limits", transaction=transaction), "limit-changes")
            commit(1, {"op": "CREATE", "key": message(7), "after": message(7, "100.00")},
                      {"op": "CREATE", "key": message(8), "after": message(8, "50.00")},
                      {"op": "CREATE", "key": message(9), "after": message(9, "1.00")})
            commit(2, {"op": "UPDATE", "key": message(7), "before": message(7, "100.00"), "after": message(7, "70.00")},
                      {"op": "UPDATE", "key": message(8), "before": message(8, "50.00"), "after": message(8, "80.00")})
            commit(3, {"op": "DELETE", "key": message(9), "before": message(9, "1.00")})
            tell("POST", {"op": "UPDATE", "key": message(7), "after": message(7, "0.00"), "table": "app.limits",
                          "transaction": {"id": "t4", "index": 0}}, "limit-changes")    # and does not end
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
                assertThat(client("http://127.0.0.1:" + port)).isEqualTo("200\n".repeat(14));
                Awaitility.await("the table has what is left")
                        .atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(200))
                        .ignoreExceptionsInstanceOf(SQLException.class)
                        .until(() -> rows(postgres, "limits").equals(List.of("7|250.00")));
                Awaitility.await("transactions that have ended are applied, and no other")
                        .atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(200))
                        .ignoreExceptionsInstanceOf(SQLException.class)
                        .until(() -> rows(postgres, "whole_limits").equals(List.of("7|70.00", "8|80.00")));
                Awaitility.await("the lake has each record")
                        .atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(200))
                        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                        .until(() -> historyRows() == 10);
                assertThat(hippo.run("tail", "limit-changes", "--from-beginning", "--once")
                                .output())
                        .contains("\"op\":\"DELETE\"", "\"end\":{\"log\":\"AAM=\"}");
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

    /** As the commits of the lake's table say. */
    private long historyRows() throws IOException {
        long rows = 0;
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            for (Path commit : files.filter(file -> file.toString().matches(".*/limit-history/_delta_log/\\d+\\.json"))
                    .toList()) {
                Matcher count = Pattern.compile("numRecords\\W+(\\d+)").matcher(Files.readString(commit));
                while (count.find()) {
                    rows += Long.parseLong(count.group(1));
                }
            }
        }
        return rows;
    }

    private static List<String> rows(PostgresServer postgres, String table) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select customer, amount from " + table + " order by 1")) {
            while (row.next()) {
                rows.add(row.getString(1) + "|" + row.getString(2));
            }
        }
        return rows;
    }
}
