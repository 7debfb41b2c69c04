// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.TableSpec;
import io.delta.kernel.types.StructField;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A DuckDB of its own for one query: the tables and topics that the query names, its share of the memory, and no way out. What one query does, no other feels.
 */
final class Sandbox implements AutoCloseable {
    private final Connection connection;
    private final Path scratch;
    private final Map<String, Long> versions;
    private final Map<String, TopicRows.Stretch> topics = new LinkedHashMap<>();

    private Sandbox(Connection connection, Path scratch, Map<String, Long> versions) {
        this.connection = connection;
        this.scratch = scratch;
        this.versions = versions;
    }

    /**
     * Opens a database with what a statement may read.
     *
     * @param memory bytes that it may use
     * @param versions takes the versions of the tables, also when this fails later
     * @throws QueryFailure if the statement is refused
     */
    static Sandbox open(
            HippoContext context,
            LiveFiles files,
            QueryRequest request,
            long memory,
            Deadline deadline,
            Map<String, Long> versions)
            throws SQLException, IOException, QueryFailure {
        Path scratch = Files.createTempDirectory(
                context.state().temporary(context.hippo().name()), "query");
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        Sandbox sandbox = new Sandbox(DriverManager.getConnection("jdbc:duckdb:", properties), scratch, versions);
        try {
            sandbox.prepare(context, files, request, memory, deadline);
            return sandbox;
        } catch (SQLException | IOException | QueryFailure | RuntimeException e) {
            try {
                sandbox.close();
            } catch (SQLException | IOException later) {
                e.addSuppressed(later);
            }
            throw e;
        }
    }

    private void prepare(HippoContext context, LiveFiles files, QueryRequest request, long memory, Deadline deadline)
            throws SQLException, IOException, QueryFailure {
        Gatekeeper.Sources sources = new Gatekeeper(
                        context.pipeline().tables().keySet(),
                        context.pipeline().topics().keySet())
                .admit(request.sql(), connection);
        List<String> allowed = new ArrayList<>(List.of(scratch.toString()));
        execute("SET errors_as_json=true");
        execute("SET TimeZone='UTC'");
        execute("SET memory_limit='" + memory / 1024 + "KiB'");
        execute("SET temp_directory=" + SqlTypes.text(scratch.resolve("spill").toString()));
        execute("SET max_temp_directory_size='1GiB'");
        execute("SET threads=2");
        execute("SET autoinstall_known_extensions=false");
        execute("SET autoload_known_extensions=false");
        execute("CREATE SCHEMA topics");
        for (String name : sources.tables()) {
            TableSpec table = context.pipeline().table(name);
            String location = context.state().location(table);
            allowed.add(location);
            Optional<LiveFiles.Version> version = files.of(table, location);
            if (version.isEmpty()) {
                throw new QueryFailure(409, "table '" + name + "' has no rows yet: its writer has not made it");
            }
            versions.put(name, version.get().version());
            view(name, version.get());
        }
        for (String name : sources.topics()) {
            topics.put(
                    name,
                    new TopicRows(context, context.pipeline().topic(name), request, deadline)
                            .load(context, connection));
        }
        execute("SET allowed_directories=["
                + allowed.stream().map(SqlTypes::text).collect(Collectors.joining(", ")) + "]");
        execute("SET enable_external_access=false");
        execute("SET lock_configuration=true");
    }

    private void view(String name, LiveFiles.Version version) throws SQLException {
        String view = "CREATE VIEW " + SqlTypes.quoted(name) + " AS ";
        String none =
                "SELECT " + columns(version, field -> "NULL::" + SqlTypes.of(field.getDataType())) + " WHERE false";
        if (version.files().isEmpty()) {
            execute(view + none);
            return;
        }
        String rows = rows(version);
        try {
            execute(view + "SELECT " + columns(version, Sandbox::cast) + " FROM " + rows);
        } catch (SQLException e) {
            if (!SqlFault.of(e).type().equals("Binder")) {
                throw e;
            }
            // no file has a column that the table has got since
            execute(view + "SELECT " + columns(version, Sandbox::cast) + " FROM (FROM " + rows + " UNION ALL BY NAME "
                    + none + ")");
        }
    }

    private static String cast(StructField field) {
        return "CAST(" + SqlTypes.quoted(field.getName()) + " AS " + SqlTypes.of(field.getDataType()) + ")";
    }

    private static String columns(LiveFiles.Version version, Function<StructField, String> value) {
        return version.schema().fields().stream()
                .map(field -> value.apply(field) + " AS " + SqlTypes.quoted(field.getName()))
                .collect(Collectors.joining(", "));
    }

    private static String rows(LiveFiles.Version version) {
        String hive = version.partitionColumns().isEmpty()
                ? "hive_partitioning=false"
                : "hive_partitioning=true, hive_types={"
                        + version.partitionColumns().stream()
                                .map(name -> SqlTypes.text(name) + ": "
                                        + SqlTypes.of(version.schema().get(name).getDataType()))
                                .collect(Collectors.joining(", "))
                        + "}";
        return "read_parquet(["
                + version.files().stream().map(SqlTypes::text).collect(Collectors.joining(", "))
                + "], union_by_name=true, " + hive + ")";
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    Connection connection() {
        return connection;
    }

    /** A folder that is this query's only, and goes with it. */
    Path scratch() {
        return scratch;
    }

    /** The versions of the tables that the query reads. */
    Map<String, Long> versions() {
        return versions;
    }

    /** What was read of the topics that the query reads. */
    Map<String, TopicRows.Stretch> topics() {
        return topics;
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        try (Stream<Path> all = Files.walk(scratch)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
