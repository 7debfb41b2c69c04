// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.gson.GsonBuilder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the grammar as a JSON Schema (draft 2020-12), for editors that complete and check the file. */
final class GrammarSchema {
    /** A value that is filled in when the file is read. */
    private static final Map<String, ?> VARIABLE = object("type", "string", "pattern", "\\$\\{[^}]+\\}");

    private GrammarSchema() {}

    static String text() {
        Map<String, Object> definitions = new LinkedHashMap<>();
        for (Grammar grammar : Grammar.values()) {
            definitions.put(name(grammar), section(grammar));
        }
        Map<String, Object> schema = object(
                "$schema",
                "https://json-schema.org/draft/2020-12/schema",
                "title",
                "Hippo pipeline file",
                "$ref",
                "#/$defs/pipeline",
                "required",
                required(Grammar.PIPELINE),
                // a profile may hold a part of a topic, the file itself must hold the whole
                "properties",
                object("topics", whole(Grammar.TOPIC), "tables", whole(Grammar.TABLE)),
                "$defs",
                definitions);
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(schema) + "\n";
    }

    private static Map<String, Object> whole(Grammar grammar) {
        return object("additionalProperties", object("required", required(grammar)));
    }

    private static List<String> required(Grammar grammar) {
        return grammar.keys().stream()
                .filter(Grammar.Key::required)
                .map(Grammar.Key::name)
                .toList();
    }

    private static String name(Grammar grammar) {
        return grammar.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> section(Grammar grammar) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Grammar.Key key : grammar.keys()) {
            Map<String, Object> property = new LinkedHashMap<>();
            property.put("description", key.doc());
            if (!key.defaultText().isEmpty()) {
                property.put("default", key.type() == Form.COUNT ? Long.valueOf(key.defaultText()) : defaultOf(key));
            }
            property.putAll(value(key.type()));
            properties.put(key.name(), property);
        }
        return object(
                "title",
                grammar.title(),
                "type",
                List.of("object", "null"),
                "properties",
                properties,
                "additionalProperties",
                false);
    }

    private static Object defaultOf(Grammar.Key key) {
        return key.type() == Form.FLAG ? Boolean.valueOf(key.defaultText()) : key.defaultText();
    }

    private static Map<String, Object> value(Form type) {
        return switch (type) {
            case TEXT -> object("type", List.of("string", "number", "boolean"));
            case TEXTS -> anyOf(object("type", "string"), object("type", "array", "items", object("type", "string")));
            case FLAG -> anyOf(object("type", "boolean"), VARIABLE);
            case COUNT -> anyOf(object("type", "integer", "minimum", 1), VARIABLE);
            case PORT -> anyOf(object("type", "integer", "minimum", 1, "maximum", 65_535), VARIABLE);
            case DURATION -> anyOf(object("type", "string", "pattern", "^\\d+\\s*(ms|s|m|h|d)$"), VARIABLE);
            case SIZE ->
                anyOf(
                        object("type", "integer", "minimum", 0),
                        object("type", "string", "pattern", "^\\d+\\s*(B|KiB|MiB|GiB|KB|MB|GB)?$"),
                        VARIABLE);
            case KIND ->
                object("enum", Arrays.stream(Kind.values()).map(Kind::word).toList());
            case ENGINE -> anyOf(object("enum", HippoReader.ENGINES), engine());
            case REJECTED -> anyOf(object("enum", List.of("keep", "drop")), VARIABLE);
            case KAFKA -> anyOf(object("const", "embedded"), reference(Grammar.KAFKA));
            case EMBEDDED -> reference(Grammar.EMBEDDED);
            case LIMITS -> anyOf(reference(Grammar.FRONTIER_LIMITS), reference(Grammar.QUERY_LIMITS));
            case COMMIT -> reference(Grammar.COMMIT);
            case SUPERVISION -> reference(Grammar.SUPERVISION);
            case METRICS -> reference(Grammar.METRICS);
            case RULES -> anyOf(reference(Grammar.RULE), object("type", "array", "items", reference(Grammar.RULE)));
            case CONCURRENCY -> anyOf(value(Form.COUNT), reference(Grammar.CONCURRENCY));
            case RUN -> anyOf(value(Form.TEXT), reference(Grammar.RUN));
            case SPARK -> reference(Grammar.SPARK);
            case SOURCE -> reference(Grammar.SOURCE);
            case SOURCE_TABLES -> anyOf(mapOf(reference(Grammar.SOURCE_TABLE)), value(Form.TEXTS));
            case DESTINATION -> reference(Grammar.DESTINATION);
            case RETRY -> reference(Grammar.RETRY);
            case REPEAT -> anyOf(object("enum", List.of("rerun", "skip", "queue")), VARIABLE);
            case FROM -> anyOf(object("enum", List.of("earliest", "latest")), VARIABLE);
            case OUTCOME -> anyOf(object("enum", List.of("success", "failure", "any")), VARIABLE);
            case CATCH_UP -> anyOf(object("enum", List.of("latest", "all", "none")), VARIABLE);
            case OTHERWISE -> anyOf(object("enum", List.of("fail", "run")), VARIABLE);
            case PARTITIONS, TARGETS -> anyOf(texts(), value(Form.TEXTS));
            case PROFILES -> mapOf(reference(Grammar.PIPELINE));
            case MAP_OF_TEXTS -> texts();
            case MAP_OF_TOPICS -> mapOf(reference(Grammar.TOPIC));
            case MAP_OF_TABLES -> mapOf(reference(Grammar.TABLE));
            case MAP_OF_HIPPOS -> mapOf(reference(Grammar.HIPPO));
        };
    }

    private static Map<String, Object> engine() {
        Map<String, Object> engines = new LinkedHashMap<>();
        HippoReader.ENGINES.forEach(engine ->
                engines.put(engine, engine.equals("flink") ? reference(Grammar.FLINK) : object("type", "object")));
        return object(
                "type",
                "object",
                "properties",
                engines,
                "additionalProperties",
                false,
                "minProperties",
                1,
                "maxProperties",
                1);
    }

    private static Map<String, Object> texts() {
        return mapOf(value(Form.TEXT));
    }

    private static Map<String, Object> mapOf(Map<String, ?> value) {
        return object("type", List.of("object", "null"), "additionalProperties", value);
    }

    private static Map<String, Object> reference(Grammar grammar) {
        return object("$ref", "#/$defs/" + name(grammar));
    }

    private static Map<String, Object> anyOf(Map<?, ?>... choices) {
        return object("anyOf", List.of(choices));
    }

    /** Names and values, in turn. */
    private static Map<String, Object> object(Object... entries) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            object.put((String) entries[i], entries[i + 1]);
        }
        return object;
    }
}
