// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the pipeline file, read by the keys that the grammar gives it. A value that does not fit is a finding, and the default
 * stands in so that the reading goes on. Not thread-safe.
 */
final class Section {
    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(B|KiB|MiB|GiB|KB|MB|GB)?");

    /** No setting of ours means more, and every engine can count it in milliseconds. */
    private static final Duration LONGEST = Duration.ofDays(999);

    private final Grammar grammar;
    private final Node node;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Findings findings;
    private final Variables variables;

    /** Reads the keys of a mapping; unknown and doubled ones are findings. A node that is no mapping is a finding, and reads as empty. */
    Section(Grammar grammar, Node node, Findings findings, Variables variables) {
        this.grammar = grammar;
        this.node = node;
        this.findings = findings;
        this.variables = variables;
        entries(node, grammar.title(), findings).forEach((key, value) -> {
            if (grammar.names().contains(key.getValue())) {
                values.put(key.getValue(), value);
            } else {
                findings.error(
                        key,
                        "unknown key '" + key.getValue() + "' in " + grammar.title(),
                        Suggestion.hint(key.getValue(), grammar.names()));
            }
        });
    }

    /** The entries of a mapping whose keys are plain words; anything else is a finding. A key given twice is a finding, and its first value stands. */
    static Map<ScalarNode, Node> entries(Node node, String what, Findings findings) {
        Map<ScalarNode, Node> entries = new LinkedHashMap<>();
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL)) {
            return entries;
        }
        if (!(node instanceof MappingNode mapping)) {
            findings.error(
                    node, what + " must be a mapping of keys to values", "write 'key: value' lines, or {key: value}");
            return entries;
        }
        Map<String, ScalarNode> seen = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                findings.error(entry.getKeyNode(), "a key of " + what + " must be a plain word", "");
                continue;
            }
            ScalarNode first = seen.putIfAbsent(key.getValue(), key);
            if (first != null) {
                findings.error(
                        key,
                        "key '" + key.getValue() + "' is given twice in " + what,
                        "the first is in line "
                                + first.getStartMark().map(m -> m.getLine() + 1).orElse(0));
            } else {
                entries.put(key, entry.getValueNode());
            }
        }
        return entries;
    }

    Node node() {
        return node;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The node of a key, or the section itself when the key is absent: where to point. */
    Node at(String key) {
        grammar.key(key);
        return values.getOrDefault(key, node);
    }

    /** The text of a key, variables resolved; its default when absent, null without one. */
    @Nullable
    String text(String key) {
        String standard = grammar.key(key).defaultText();
        Node value = values.get(key);
        if (value == null) {
            return standard.isEmpty() ? null : standard;
        }
        return scalar(value, "'" + key + "'");
    }

    /** A text that must be there. */
    String required(String key) {
        String text = text(key);
        if (text == null) {
            if (!values.containsKey(key)) {
                findings.error(
                        node,
                        "'" + key + "' is missing in " + grammar.title(),
                        "add it: " + grammar.key(key).doc());
            }
            return "";
        }
        return text;
    }

    /** A list of texts; a single one stands for a list of one. */
    List<String> texts(String key) {
        grammar.key(key);
        Node value = values.get(key);
        List<String> texts = new ArrayList<>();
        if (value instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> {
                String text = scalar(item, "an entry of '" + key + "'");
                if (text != null) {
                    texts.add(text);
                }
            });
        } else if (value != null) {
            String text = scalar(value, "'" + key + "'");
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The node of one entry of a list, or of a key of a mapping, or of the key itself: where to point. */
    Node entryAt(String key, String text) {
        if (values.get(key) instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(text)) {
                    return name;
                }
            }
        }
        if (values.get(key) instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar && scalar.getValue().equals(text)) {
                    return item;
                }
            }
        }
        return at(key);
    }

    /** The node of an entry of a list by its number, or of the key itself: where to point. */
    Node entryAt(String key, int number) {
        return values.get(key) instanceof SequenceNode sequence
                        && number < sequence.getValue().size()
                ? sequence.getValue().get(number)
                : at(key);
    }

    boolean isMapping(String key) {
        return values.get(key) instanceof MappingNode;
    }

    /** A mapping of texts to texts. */
    Map<String, String> map(String key) {
        grammar.key(key);
        Map<String, String> map = new LinkedHashMap<>();
        Node value = values.get(key);
        if (value != null) {
            entries(value, "'" + key + "'", findings).forEach((name, item) -> {
                String text = scalar(item, "'" + key + "." + name.getValue() + "'");
                if (text != null) {
                    map.put(name.getValue(), text);
                }
            });
        }
        return map;
    }

    boolean flag(String key) {
        String text = text(key);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (!text.equals("true")) {
            findings.error(at(key), "'" + key + "' is true or false, not '" + text + "'", "");
        }
        return text.equals("true");
    }

    /** One of the words that the values are, in small letters; the first where it is none. */
    <T extends Enum<T>> T choice(String key, T[] values) {
        String word = text(key);
        List<String> words = new ArrayList<>();
        for (T value : values) {
            String name = value.name().toLowerCase(Locale.ROOT);
            if (name.equals(word)) {
                return value;
            }
            words.add(name);
        }
        findings.error(at(key), "'" + key + "' is one of " + String.join(", ", words) + ", not '" + word + "'", "");
        return values[0];
    }

    /** A whole number; outside the bounds it is a finding. */
    long number(String key, long least, long most) {
        String text = text(key);
        if (text == null) {
            return 0;
        }
        try {
            long number = Long.parseLong(text.replace("_", ""));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, with the bounds
        }
        findings.error(
                at(key),
                "'" + key + "' must be a whole number from " + least + " to " + most + ", not '" + text + "'",
                "");
        return least;
    }

    Duration duration(String key) {
        String text = text(key);
        if (text == null) {
            return Duration.ZERO;
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            findings.error(
                    at(key), "'" + key + "' is a duration, not '" + text + "'", "write 500ms, 10s, 5m, 2h or 1d");
            return Duration.ofSeconds(1);
        }
        long amount = amount(matcher.group(1));
        Duration unit = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
        if (amount > LONGEST.toMillis() / unit.toMillis()) {
            findings.error(at(key), "'" + key + "' is at most " + LONGEST.toDays() + "d, not '" + text + "'", "");
            return LONGEST;
        }
        return unit.multipliedBy(amount);
    }

    /** A duration that is not nothing. */
    Duration positiveDuration(String key) {
        Duration duration = duration(key);
        if (duration.isZero()) {
            findings.error(at(key), "'" + key + "' must be longer than nothing", "");
        }
        return duration;
    }

    /** A number of digits; what is too large for one is the largest. */
    private static long amount(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** Bytes, at least one. */
    long size(String key) {
        String text = text(key);
        if (text == null) {
            return 0;
        }
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            findings.error(at(key), "'" + key + "' is a size, not '" + text + "'", "write 512KiB, 64MiB or 1GiB");
            return 1;
        }
        long amount = amount(matcher.group(1));
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        long bytes = switch (unit) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case "KB" -> 1_000L;
            case "MB" -> 1_000_000L;
            case "GB" -> 1_000_000_000L;
            default -> 1L;
        };
        if (amount < 1 || amount > Long.MAX_VALUE / bytes) {
            findings.error(
                    at(key),
                    "'" + key + "' is at least 1B and at most " + (Long.MAX_VALUE >> 30) + "GiB, not '" + text + "'",
                    "");
            return 1;
        }
        return amount * bytes;
    }

    private @Nullable String scalar(Node value, String what) {
        if (value instanceof ScalarNode scalar) {
            if (scalar.getTag().equals(Tag.NULL)) {
                findings.error(value, what + " has no value", "give it one or take the key away");
                return null;
            }
            return variables.resolve(scalar.getValue(), value, findings);
        }
        findings.error(value, what + " must be a single value", "");
        return null;
    }
}
