// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.describe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.capture.Sources;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.kit.ServiceLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Describes tables for {@code hippo import tables}: reads {@code {url, user, password, tables, package}} as JSON from standard input, where no other process sees the password, and
 * prints {@code {proto, yaml, notes}}. Exit status 2 with the reason on standard error if the tables cannot be read.
 */
public final class Main {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        ServiceLog.silent();
        JsonNode asked = JSON.readTree(System.in.readAllBytes());
        String url = asked.path("url").asText();
        String user = asked.path("user").asText();
        List<String> tables = new ArrayList<>();
        asked.path("tables").forEach(table -> tables.add(table.asText()));
        try (ChangeSource source =
                Sources.toDescribe(url, user, asked.path("password").asText(), tables)) {
            GeneratedContracts made =
                    GeneratedContracts.of(asked.path("package").asText(), source.tables());
            ObjectNode told = JSON.createObjectNode().put("proto", made.proto()).put("yaml", made.yaml(url, user));
            made.notes().forEach(told.putArray("notes")::add);
            System.out.println(told);
            System.out.flush();
        } catch (SourceFailure e) {
            System.err.println(e.getMessage());
            System.err.flush();
            Runtime.getRuntime().halt(2);
        }
        Runtime.getRuntime().halt(0);
    }
}
