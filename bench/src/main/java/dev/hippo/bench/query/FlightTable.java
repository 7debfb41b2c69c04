// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.query;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Delta table of made-up flights, in as many files as a lake writer would leave, written by the protocol. */
final class FlightTable {
    private static final String ROWS = """
            SELECT 'F' || i AS flight_id, TIMESTAMPTZ '2001-01-01 00:00:00+00' + to_seconds(i * 5) AS departed_at,
              (hash(i) %% 200)::INTEGER - 30 AS delay_minutes, (100 + hash(i + 1) %% 2500)::BIGINT AS distance_miles,
              'A' || lpad((hash(i * 7) %% 300)::VARCHAR, 3, '0') AS origin, 'A' || lpad((hash(i * 11) %% 300)::VARCHAR, 3, '0') AS destination
            FROM range(%d, %d) r(i)""";

    private static final List<String> FIELDS = List.of(
            "flight_id string",
            "departed_at timestamp",
            "delay_minutes integer",
            "distance_miles long",
            "origin string",
            "destination string");

    private final List<Path> files = new ArrayList<>();

    private FlightTable() {}

    static FlightTable write(Path folder, long rows, int files) throws IOException, SQLException {
        Files.createDirectories(folder.resolve("_delta_log"));
        FlightTable table = new FlightTable();
        StringBuilder log = new StringBuilder();
        log.append("{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n");
        String schema = FIELDS.stream()
                .map(field -> field.split(" "))
                .map(field -> "{\"name\":\"" + field[0] + "\",\"type\":\"" + field[1]
                        + "\",\"nullable\":true,\"metadata\":{}}")
                .collect(Collectors.joining(",", "{\"type\":\"struct\",\"fields\":[", "]}"));
        log.append(
                        "{\"metaData\":{\"id\":\"bench\",\"format\":{\"provider\":\"parquet\",\"options\":{}},\"schemaString\":\"")
                .append(schema.replace("\"", "\\\""))
                .append("\",\"partitionColumns\":[],\"configuration\":{},\"createdTime\":0}}\n");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("SET TimeZone='UTC'");
            for (int i = 0; i < files; i++) {
                Path file = folder.resolve("part-" + i + ".parquet");
                statement.execute("COPY (" + ROWS.formatted(rows * i / files, rows * (i + 1) / files) + ") TO '" + file
                        + "' (FORMAT parquet, COMPRESSION snappy)");
                table.files.add(file);
                log.append("{\"add\":{\"path\":\"")
                        .append(file.getFileName())
                        .append("\",\"partitionValues\":{},\"size\":")
                        .append(Files.size(file))
                        .append(",\"modificationTime\":0,\"dataChange\":true}}\n");
            }
        }
        Files.writeString(folder.resolve("_delta_log/00000000000000000000.json"), log, StandardCharsets.UTF_8);
        return table;
    }

    /** The rows as bare DuckDB reads them. */
    String sql() {
        return "read_parquet([" + files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", ")) + "])";
    }
}
