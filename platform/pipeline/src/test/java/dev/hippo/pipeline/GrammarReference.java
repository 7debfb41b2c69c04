// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.Locale;

/** Writes the grammar as the tables of the reference page. */
final class GrammarReference {
    private GrammarReference() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        for (Grammar grammar : Grammar.values()) {
            text.append("### ")
                    .append(grammar.title())
                    .append("\n\n| key | value | default | what it is |\n| --- | --- | --- | --- |\n");
            for (Grammar.Key key : grammar.keys()) {
                text.append("| `").append(key.name()).append("` | ").append(value(key));
                text.append(" | ").append(standard(key)).append(" | ");
                text.append(key.doc().replace("|", "\\|")).append(" |\n");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String standard(Grammar.Key key) {
        if (key.required()) {
            return "required";
        }
        return key.defaultText().isEmpty() ? "" : "`" + key.defaultText() + "`";
    }

    private static String value(Grammar.Key key) {
        return switch (key.type()) {
            case TEXT -> "text";
            case TEXTS -> "text, or a list of texts";
            case FLAG -> "true or false";
            case COUNT -> "whole number, at least 1";
            case PORT -> "port";
            case DURATION -> "duration";
            case SIZE -> "size";
            case MAP_OF_TEXTS -> "names and texts";
            case MAP_OF_TOPICS -> "names and [topics](#a-topic)";
            case MAP_OF_TABLES -> "names and [tables](#a-table)";
            case MAP_OF_HIPPOS -> "names and [hippos](#a-hippo)";
            case PROFILES -> "names and parts of a pipeline file";
            case PARTITIONS -> "columns and fields, or a list of fields";
            case RULES -> "a [rule](#a-rule), or a list of rules";
            case SUPERVISION -> "[supervision](#supervision)";
            case METRICS -> "[metrics](#metrics)";
            case CONCURRENCY -> "whole number, or [concurrency](#concurrency)";
            case RUN -> "command, or [run](#run)";
            case SPARK -> "[run.spark](#runspark)";
            case SOURCE -> "[source](#source)";
            case SOURCE_TABLES -> "text, a list of texts, or names and [tables](#a-table-of-a-source)";
            case DESTINATION -> "[destination](#destination)";
            case TARGETS -> "text, a list of texts, or names and texts";
            case RETRY -> "[retry](#retry)";
            case REPEAT -> "rerun, skip or queue";
            case FROM -> "earliest or latest";
            case OUTCOME -> "success, failure or any";
            case OTHERWISE -> "fail or run";
            case CATCH_UP -> "latest, all or none";
            case KIND, ENGINE, REJECTED, KAFKA, EMBEDDED, LIMITS, COMMIT ->
                key.type().name().toLowerCase(Locale.ROOT);
        };
    }
}
