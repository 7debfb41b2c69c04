// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.Scan;
import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.utils.CloseableIterator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** Reads a local table as others do: Kernel lists its live files, DuckDB reads them; the log is read as the JSON that it is. */
final class TableReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path table;

    TableReader(String location) {
        this.table = Path.of(location);
    }

    Path log() {
        return table.resolve("_delta_log");
    }

    List<Path> liveFiles() throws Exception {
        Engine engine = DefaultEngine.create(new Configuration());
        Scan scan = Table.forPath(engine, table.toString())
                .getLatestSnapshot(engine)
                .getScanBuilder()
                .build();
        List<Path> files = new ArrayList<>();
        try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        String path = InternalScanFileUtils.getAddFileStatus(rows.next())
                                .getPath();
                        // no URI: a percent sign in it is one in the file's name
                        files.add(Path.of(
                                new org.apache.hadoop.fs.Path(path).toUri().getPath()));
                    }
                }
            }
        }
        return files;
    }

    /** All data files, also those that no version names. */
    List<Path> files() throws Exception {
        try (Stream<Path> files = Files.walk(table)) {
            return files.filter(file -> file.toString().endsWith(".parquet")
                            && !file.toString().contains("_delta_log"))
                    .toList();
        }
    }

    /** The actions of that name in the log, in order. */
    List<JsonNode> actions(String name) throws Exception {
        List<JsonNode> actions = new ArrayList<>();
        try (Stream<Path> versions = Files.list(log())) {
            for (Path version : versions.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(version)) {
                    JsonNode action = JSON.readTree(line).get(name);
                    if (action != null) {
                        actions.add(action);
                    }
                }
            }
        }
        return actions;
    }

    /** The answers' first column, as texts; none while the table has no file. */
    List<String> query(String sql) throws Exception {
        List<String> files = liveFiles().stream()
                .map(file -> "'" + file.toString().replace("'", "''") + "'")
                .toList();
        List<String> answers = new ArrayList<>();
        if (files.isEmpty()) {
            return answers;
        }
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("create view t as select * from read_parquet([" + String.join(",", files)
                    + "], union_by_name=true, hive_partitioning=true)");
            try (ResultSet result = statement.executeQuery(sql)) {
                while (result.next()) {
                    answers.add(result.getString(1));
                }
            }
        }
        return answers;
    }
}
