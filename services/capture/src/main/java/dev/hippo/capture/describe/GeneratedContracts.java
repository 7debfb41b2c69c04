// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.describe;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** For tables: a message each, with a field for each column, and the lines of a pipeline file that capture them. Immutable. */
public final class GeneratedContracts {
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern NOT_A_LETTER = Pattern.compile("[^A-Za-z0-9]+");

    private final String pack;
    private final Map<String, SourceTable> messages = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    private GeneratedContracts(String pack, List<SourceTable> tables) {
        this.pack = pack;
        Set<String> names = new HashSet<>();
        Set<String> doubles = tables.stream()
                .map(table -> camel(table.name()))
                .filter(name -> !names.add(name))
                .collect(Collectors.toSet());
        for (SourceTable table : tables) {
            String name = camel(table.name());
            messages.put(doubles.contains(name) ? camel(table.schema()) + name : name, table);
        }
    }

    /**
     * Makes them.
     *
     * @param pack the package of the messages, such as {@code bank.v1}
     */
    public static GeneratedContracts of(String pack, List<SourceTable> tables) {
        GeneratedContracts made = new GeneratedContracts(pack, tables);
        made.messages.values().forEach(made::noteOf);
        return made;
    }

    private void noteOf(SourceTable table) {
        for (Column column : table.columns()) {
            if (!FIELD.matcher(column.name()).matches()) {
                notes.add("column '" + column.name() + "' of " + table.fullName()
                        + " cannot be the name of a field and is left out; name a field in its place, and say so in the"
                        + " pipeline file: tables: {" + table.fullName() + ": {rename: {\"" + column.name()
                        + "\": FIELD}}}");
            }
        }
        if (!isCaptured(table)) {
            notes.add("table " + table.fullName()
                    + " has no key that fields could be, and so no topic of latest rows; to have it told among all changes,"
                    + " write tables: {" + table.fullName() + ": {contract: NAME}} and changes: TOPIC");
        }
    }

    private static boolean isCaptured(SourceTable table) {
        return !table.key().isEmpty()
                && table.key().stream().allMatch(column -> FIELD.matcher(column).matches());
    }

    private static String key(SourceTable table) {
        return table.key().size() == 1 ? table.key().get(0) : "[" + String.join(", ", table.key()) + "]";
    }

    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : NOT_A_LETTER.split(name, -1)) {
            if (!word.isEmpty()) {
                camel.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        String text = camel.toString();
        return text.isEmpty() || Character.isDigit(text.charAt(0)) ? "Table" + text : text;
    }

    /** What a person should look at; empty if nothing. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The file of the contracts. */
    public String proto() {
        StringBuilder text = new StringBuilder("syntax = \"proto3\";\n\npackage " + pack + ";\n");
        if (messages.values().stream()
                .flatMap(table -> table.columns().stream())
                .anyMatch(column -> column.type() == ColumnType.INSTANT)) {
            text.append("\nimport \"google/protobuf/timestamp.proto\";\n");
        }
        messages.forEach((name, table) -> {
            text.append("\n// Rows of ")
                    .append(table.fullName())
                    .append(".\nmessage ")
                    .append(name)
                    .append(" {\n");
            int number = 0;
            for (Column column : table.columns()) {
                number++;
                if (FIELD.matcher(column.name()).matches()) {
                    text.append("  ").append(field(column, number)).append('\n');
                }
            }
            text.append("}\n");
        });
        return text.toString();
    }

    private static String field(Column column, int number) {
        String label = column.list() ? "repeated " : column.nullable() ? "optional " : "";
        return label + column.type().contractType() + " " + column.name() + " = " + number + "; // "
                + column.declared();
    }

    /**
     * The lines of the pipeline file.
     *
     * @param url the database's address; what follows a question mark may be secret and is left out
     */
    public String yaml(String url, String user) {
        List<Map.Entry<String, SourceTable>> captured = messages.entrySet().stream()
                .filter(message -> isCaptured(message.getValue()))
                .toList();
        StringBuilder text = new StringBuilder("topics:\n");
        for (Map.Entry<String, SourceTable> message : captured) {
            text.append("  ")
                    .append(topic(message.getKey()))
                    .append(": {contract: ")
                    .append(pack)
                    .append('.');
            text.append(message.getKey()).append(", key: ");
            text.append(key(message.getValue())).append(", changelog: true}\n");
        }
        int query = url.indexOf('?');
        text.append("\nhippos:\n  database:\n    kind: db-etl\n    source:\n      url: ");
        text.append(quoted(query < 0 ? url : url.substring(0, query))).append('\n');
        if (!user.isEmpty()) {
            text.append("      user: ").append(quoted(user)).append('\n');
        }
        text.append("      password: \"${secret:database}\"\n      tables:\n");
        captured.forEach(message -> text.append("        - ")
                .append(quoted(message.getValue().fullName()))
                .append('\n'));
        text.append("    publish:\n");
        captured.forEach(message ->
                text.append("      - ").append(topic(message.getKey())).append('\n'));
        return text.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String topic(String message) {
        return message.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
