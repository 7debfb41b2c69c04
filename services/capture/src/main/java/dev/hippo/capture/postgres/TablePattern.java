// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import java.util.regex.Pattern;

/**
 * Which tables are asked for by one name: {@code public.airports}, {@code public.*}, {@code "a.b"."c"}.
 *
 * @param exact whether it can be one table only
 */
record TablePattern(String text, Pattern schema, Pattern name, boolean exact) {
    static TablePattern of(String text) throws SourceFailure {
        int[] at = {0};
        boolean[] wild = {false};
        Pattern schema = part(text, at, wild);
        if (at[0] >= text.length()) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING,
                    "Table '" + text + "' is without its schema; write 'public." + text + "', if it is in public");
        }
        at[0]++;
        Pattern name = part(text, at, wild);
        if (at[0] < text.length()) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING,
                    "Table '" + text
                            + "' has more than a schema and a name; put a name that has dots in double quotes");
        }
        return new TablePattern(text, schema, name, !wild[0]);
    }

    boolean matches(String inSchema, String named) {
        return schema.matcher(inSchema).matches() && name.matcher(named).matches();
    }

    /** Up to a dot or the end. */
    private static Pattern part(String text, int[] at, boolean[] wild) throws SourceFailure {
        StringBuilder expression = new StringBuilder();
        StringBuilder literal = new StringBuilder();
        int i = at[0];
        boolean quoted = false;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    literal.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (quoted) {
                literal.append(c);
            } else if (c == '.') {
                break;
            } else if (c == '*') {
                expression.append(Pattern.quote(literal.toString())).append(".*");
                literal.setLength(0);
                wild[0] = true;
            } else {
                literal.append(c);
            }
        }
        if (quoted) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING, "Table '" + text + "' has a double quote without its second");
        }
        at[0] = i;
        expression.append(Pattern.quote(literal.toString()));
        return Pattern.compile(expression.toString(), Pattern.DOTALL);
    }
}
