// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds answers against the document that describes them. */
public final class OpenApiShape {
    private final JsonNode document;

    public OpenApiShape(JsonNode document) {
        this.document = document;
    }

    /** Each method and path that the document has. */
    List<String> operations() {
        List<String> operations = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method ->
                                operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    /** The operation's query parameters. */
    List<String> query(String method, String path) {
        List<String> names = new ArrayList<>();
        operation(method, path).path("parameters").forEach(parameter -> {
            if (parameter.path("in").asText().equals("query")) {
                names.add(parameter.path("name").asText());
            }
        });
        return names;
    }

    JsonNode operation(String method, String path) {
        return document.path("paths").path(path).path(method.toLowerCase(java.util.Locale.ROOT));
    }

    /** Fails unless the operation may answer this with that status. */
    public void holds(String method, String path, int status, JsonNode answer) {
        JsonNode response = operation(method, path).path("responses").path(Integer.toString(status));
        assertThat(response.isMissingNode())
                .as(method + " " + path + " may answer " + status)
                .isFalse();
        check(response.path("content").elements().next().path("schema"), answer, method + " " + path);
    }

    private void check(JsonNode schema, JsonNode value, String where) {
        if (schema.has("$ref")) {
            check(document.at(schema.path("$ref").asText().substring(1)), value, where);
            return;
        }
        switch (schema.path("type").asText()) {
            case "string" -> assertThat(value.isTextual()).as(where).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).as(where).isTrue();
            case "integer" -> assertThat(value.isIntegralNumber()).as(where).isTrue();
            case "array" -> {
                assertThat(value.isArray()).as(where).isTrue();
                value.forEach(each -> check(schema.path("items"), each, where + "[]"));
            }
            case "object" -> object(schema, value, where);
            default ->
                assertThat(schema.isEmpty()).as(where + " may be anything").isTrue();
        }
        if (schema.has("enum")) {
            assertThat(schema.path("enum")).as(where).contains(value);
        }
    }

    private void object(JsonNode schema, JsonNode value, String where) {
        assertThat(value.isObject()).as(where).isTrue();
        schema.path("required")
                .forEach(name -> assertThat(value.has(name.asText()))
                        .as(where + "." + name)
                        .isTrue());
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            if (schema.has("properties")) {
                JsonNode described = schema.path("properties").path(field.getKey());
                assertThat(described.isMissingNode())
                        .as(where + "." + field.getKey() + " is described")
                        .isFalse();
                check(described, field.getValue(), where + "." + field.getKey());
            }
        }
    }
}
