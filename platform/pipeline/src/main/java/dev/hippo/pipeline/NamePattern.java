// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A name in which {@code *} stands for any text, also for none. Everything else, case included, stands for itself. Thread-safe. */
public final class NamePattern {
    private final String text;
    private final String prefix;
    /** The whole as a regular expression; unused where the text is a plain name or a prefix. */
    private final Pattern pattern;

    private NamePattern(String text) {
        this.text = text;
        int star = text.indexOf('*');
        this.prefix = star < 0 ? text : text.substring(0, star);
        this.pattern = Pattern.compile(
                Arrays.stream(text.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }

    public static NamePattern of(String text) {
        return new NamePattern(text);
    }

    /** Whether it has no {@code *}. */
    public boolean exact() {
        return prefix.length() == text.length();
    }

    /** What every name that matches begins with. */
    public String prefix() {
        return prefix;
    }

    public boolean matches(String name) {
        if (exact()) {
            return name.equals(text);
        }
        return name.startsWith(prefix)
                && (prefix.length() == text.length() - 1
                        || pattern.matcher(name).matches());
    }

    @Override
    public String toString() {
        return text;
    }
}
