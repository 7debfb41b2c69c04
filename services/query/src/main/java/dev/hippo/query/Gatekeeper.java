// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.Suggestion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Lets a statement in or refuses it, by what DuckDB's own parser says it is: one SELECT, over known tables and topics, with no function that reaches
 * outside. Whatever it does not know is refused.
 */
final class Gatekeeper {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Table functions that make rows from nothing; all others read files, settings or other catalogs. */
    private static final Set<String> TABLE_FUNCTIONS =
            Set.of("range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree");
    /** Functions that tell of the machine or reach outside the query. */
    private static final Set<String> FORBIDDEN = Set.of(
            "getenv",
            "current_setting",
            "getvariable",
            "nextval",
            "currval",
            "read_text",
            "read_blob",
            "write_log",
            "query",
            "query_table",
            "current_database",
            "current_schemas",
            "current_query",
            "pg_get_viewdef",
            "pg_sleep",
            "sleep_ms",
            "parse_duckdb_log_message",
            // these plan or run SQL that is hidden in a text
            "json_serialize_plan",
            "json_deserialize_sql",
            "json_execute_serialized_sql");

    /** What a statement reads. */
    record Sources(Set<String> tables, Set<String> topics) {
        Sources {
            tables = Set.copyOf(tables);
            topics = Set.copyOf(topics);
        }
    }

    private final Set<String> tables;
    private final Set<String> topics;

    Gatekeeper(Set<String> tables, Set<String> topics) {
        this.tables = Set.copyOf(tables);
        this.topics = Set.copyOf(topics);
    }

    /**
     * Looks at a statement.
     *
     * @throws QueryFailure if it is refused, with the reason
     */
    Sources admit(String sql, Connection parser) throws SQLException, QueryFailure {
        JsonNode parsed = parse(sql, parser);
        if (parsed.path("error").asBoolean()) {
            String message = parsed.path("error_message").asText();
            throw new QueryFailure(
                    400,
                    message.contains("Only SELECT statements")
                            ? "only SELECT statements are answered; tables are written by the pipeline's hippos"
                            : SqlFault.place(sql, parsed.path("position").asInt(-1)) + message);
        }
        JsonNode statements = parsed.path("statements");
        if (statements.size() != 1) {
            throw new QueryFailure(400, "one statement at a time, not " + statements.size());
        }
        Set<String> usedTables = new LinkedHashSet<>();
        Set<String> usedTopics = new LinkedHashSet<>();
        walk(statements, Set.of(), usedTables, usedTopics);
        return new Sources(usedTables, usedTopics);
    }

    private static JsonNode parse(String sql, Connection parser) throws SQLException {
        try (PreparedStatement statement = parser.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
            statement.setString(1, sql);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return JSON.readTree(result.getString(1));
            }
        } catch (JsonProcessingException e) {
            throw new SQLException("DuckDB's syntax tree cannot be read", e);
        }
    }

    private void walk(JsonNode node, Set<String> ctes, Set<String> usedTables, Set<String> usedTopics)
            throws QueryFailure {
        String type = node.path("type").asText();
        if (type.equals("RECURSIVE_CTE_NODE")) {
            Set<String> within = new LinkedHashSet<>(ctes);
            within.add(node.path("cte_name").asText().toLowerCase(Locale.ROOT));
            walkBelow(node, within, usedTables, usedTopics);
            return;
        }
        if (type.equals("BASE_TABLE")) {
            table(node, ctes, usedTables, usedTopics);
        } else if (type.equals("TABLE_FUNCTION")) {
            String name = node.path("function").path("function_name").asText().toLowerCase(Locale.ROOT);
            if (!TABLE_FUNCTIONS.contains(name)) {
                throw new QueryFailure(
                        403,
                        "function '" + name
                                + "' is refused: a query reads the pipeline's tables and topics, no files and no settings");
            }
        } else if (type.equals("SHOW_REF")) {
            throw new QueryFailure(403, "only SELECT statements are answered; GET /tables lists tables and columns");
        }
        if (node.has("function_name")) {
            String name = node.path("function_name").asText().toLowerCase(Locale.ROOT);
            if (FORBIDDEN.contains(name) || name.startsWith("pragma_") || name.startsWith("duckdb_")) {
                throw new QueryFailure(403, "function '" + name + "' is refused: it reaches outside the query");
            }
        }
        walkBelow(node, ctes, usedTables, usedTopics);
    }

    /** A WITH names a table for the later entries of its list and for the query that it begins; not for itself, and not outside. */
    private void walkBelow(JsonNode node, Set<String> ctes, Set<String> usedTables, Set<String> usedTopics)
            throws QueryFailure {
        Set<String> within = new LinkedHashSet<>(ctes);
        for (JsonNode entry : node.path("cte_map").path("map")) {
            walk(entry, within, usedTables, usedTopics);
            within.add(entry.path("key").asText().toLowerCase(Locale.ROOT));
        }
        for (Map.Entry<String, JsonNode> child : node.properties()) {
            if (!child.getKey().equals("cte_map")) {
                walk(child.getValue(), within, usedTables, usedTopics);
            }
        }
        if (node.isArray()) {
            for (JsonNode child : node) {
                walk(child, within, usedTables, usedTopics);
            }
        }
    }

    private void table(JsonNode node, Set<String> ctes, Set<String> usedTables, Set<String> usedTopics)
            throws QueryFailure {
        String name = node.path("table_name").asText();
        String schema = node.path("schema_name").asText().toLowerCase(Locale.ROOT);
        if (!node.path("catalog_name").asText().isEmpty()) {
            throw new QueryFailure(403, "catalogs are refused: a query reads the pipeline's tables and topics");
        }
        if (schema.equals("topics")) {
            usedTopics.add(known(name, topics, "topic"));
        } else if (!schema.isEmpty()) {
            throw new QueryFailure(
                    403, "there is no schema '" + schema + "'; tables have none, topics are in 'topics'");
        } else if (!ctes.contains(name.toLowerCase(Locale.ROOT))) {
            usedTables.add(known(name, tables, "table"));
        }
    }

    /** As DuckDB does, without regard to case; but of names that differ in nothing else the one that is written. */
    private static String known(String name, Set<String> names, String what) throws QueryFailure {
        if (names.contains(name)) {
            return name;
        }
        for (String candidate : names) {
            if (candidate.equalsIgnoreCase(name)) {
                return candidate;
            }
        }
        List<String> all = new ArrayList<>(names);
        throw new QueryFailure(404, "there is no " + what + " '" + name + "'; " + Suggestion.hint(name, all));
    }
}
