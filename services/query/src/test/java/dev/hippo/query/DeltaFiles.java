// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Delta table written by its protocol, file by file, so that a test says what each commit holds. */
final class DeltaFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<String> partitionColumns;
    private final List<String> live = new ArrayList<>();
    private long version = -1;
    private int files;

    /**
     * @param fields name and Delta type, in turn; a type that begins with a brace is written as it stands
     */
    DeltaFiles(Path folder, List<String> partitionColumns, String... fields) throws IOException {
        this.folder = folder;
        this.partitionColumns = partitionColumns;
        Files.createDirectories(folder.resolve("_delta_log"));
        ObjectNode protocol = JSON.createObjectNode();
        protocol.putObject("protocol").put("minReaderVersion", 1).put("minWriterVersion", 2);
        commit(protocol, metadata(fields));
    }

    private ObjectNode metadata(String... fields) throws IOException {
        ObjectNode action = JSON.createObjectNode();
        ObjectNode metadata = action.putObject("metaData").put("id", "5b3cb2a0-0000-4000-8000-000000000000");
        metadata.putObject("format").put("provider", "parquet").putObject("options");
        ObjectNode schema = JSON.createObjectNode().put("type", "struct");
        ArrayNode columns = schema.putArray("fields");
        for (int i = 0; i < fields.length; i += 2) {
            ObjectNode field = columns.addObject().put("name", fields[i]);
            if (fields[i + 1].startsWith("{")) {
                field.set("type", JSON.readTree(fields[i + 1]));
            } else {
                field.put("type", fields[i + 1]);
            }
            field.put("nullable", true).putObject("metadata");
        }
        metadata.put("schemaString", schema.toString());
        ArrayNode partitions = metadata.putArray("partitionColumns");
        partitionColumns.forEach(partitions::add);
        metadata.putObject("configuration");
        metadata.put("createdTime", 0);
        return action;
    }

    /** Commits a schema that has more columns. */
    void evolve(String... fields) throws IOException {
        commit(metadata(fields));
    }

    /** Commits a file with the rows of a query. */
    void append(String sql) throws IOException, SQLException {
        append(sql, Map.of());
    }

    /**
     * Commits a file in a partition.
     *
     * @param partition the values, which the query leaves out
     */
    void append(String sql, Map<String, @Nullable String> partition) throws IOException, SQLException {
        commit(add(sql, partition));
    }

    /** Commits a file in place of all others and removes those, as a compaction with a clean-up does. */
    void replace(String sql) throws IOException, SQLException {
        List<String> old = List.copyOf(live);
        live.clear();
        List<ObjectNode> actions = new ArrayList<>();
        for (String path : old) {
            ObjectNode action = JSON.createObjectNode();
            action.putObject("remove")
                    .put("path", path)
                    .put("deletionTimestamp", 0)
                    .put("dataChange", true);
            actions.add(action);
        }
        actions.add(add(sql, Map.of()));
        commit(actions.toArray(ObjectNode[]::new));
        for (String path : old) {
            Files.delete(folder.resolve(path));
        }
    }

    private ObjectNode add(String sql, Map<String, @Nullable String> partition) throws IOException, SQLException {
        Path home = folder;
        StringBuilder path = new StringBuilder();
        ObjectNode action = JSON.createObjectNode();
        ObjectNode add = action.putObject("add");
        ObjectNode values = add.putObject("partitionValues");
        for (String column : partitionColumns) {
            String value = partition.get(column);
            values.put(column, value);
            String name = column + "=" + (value == null ? "__HIVE_DEFAULT_PARTITION__" : escaped(value));
            home = home.resolve(name);
            path.append(URLEncoder.encode(name, StandardCharsets.UTF_8)
                            .replace("+", "%20")
                            .replace("%3D", "="))
                    .append('/');
        }
        Files.createDirectories(home);
        String name = "part-" + files++ + ".parquet";
        Path file = home.resolve(name);
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("SET TimeZone='UTC'");
            statement.execute("COPY (" + sql + ") TO " + SqlTypes.text(file.toString()) + " (FORMAT parquet)");
        }
        path.append(name);
        live.add(path.toString());
        add.put("path", path.toString())
                .put("size", Files.size(file))
                .put("modificationTime", 0)
                .put("dataChange", true);
        return action;
    }

    /** As Hive names a folder for a value that a path cannot hold. */
    private static String escaped(String value) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || "\"#%'*/:=?\\{[]^".indexOf(c) >= 0) {
                escaped.append(String.format("%%%02X", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private void commit(ObjectNode... actions) throws IOException {
        version++;
        StringBuilder lines = new StringBuilder();
        for (ObjectNode action : actions) {
            lines.append(action).append('\n');
        }
        Path log = folder.resolve("_delta_log");
        Path whole = Files.createTempFile(folder, ".commit", null);
        Files.writeString(whole, lines);
        Files.move(whole, log.resolve(String.format("%020d.json", version)), StandardCopyOption.ATOMIC_MOVE);
    }

    long version() {
        return version;
    }
}
