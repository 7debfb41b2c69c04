// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.pattern;

import dev.hippo.contracts.pattern.Fragments.Fragment;
import java.util.BitSet;

/**
 * Reads the plain part of RE2's syntax over ASCII: literals, classes, groups, alternatives, counts, and anchors at the very ends. A class
 * that would also match beyond ASCII is narrowed to ASCII. Not thread-safe; reads one pattern.
 */
final class PatternParser {
    private static final int MAX_COUNT = 1_000;
    private static final String SYMBOLS = "\\.+*?()|[]{}^$-/_,:;@#%&=!<>~\"'` ";

    private final String text;
    private final Fragments fragments;
    private int at;
    private int depth;

    /** How often what is read now is written out by the counts around it. */
    private int copies = 1;

    PatternParser(String text, Fragments fragments) {
        this.text = text;
        this.fragments = fragments;
    }

    Fragment parse() throws UnsupportedPatternException {
        Fragment whole = alternatives();
        if (at < text.length()) {
            throw unsupported("')' at " + at);
        }
        return whole;
    }

    private Fragment alternatives() throws UnsupportedPatternException {
        Fragment result = sequence();
        while (at < text.length() && text.charAt(at) == '|') {
            at++;
            result = fragments.either(result, sequence());
        }
        return result;
    }

    private Fragment sequence() throws UnsupportedPatternException {
        Fragment result = fragments.empty();
        if (depth == 0 && peek() == '^') {
            at++;
        }
        while (at < text.length() && peek() != '|' && peek() != ')') {
            if (peek() == '$') {
                at++;
                if (depth > 0 || (at < text.length() && peek() != '|')) {
                    throw unsupported("'$' that is not at the end");
                }
                return result;
            }
            result = fragments.then(result, repeated());
        }
        return result;
    }

    private Fragment repeated() throws UnsupportedPatternException {
        int from = at;
        int level = depth;
        Fragment once = atom();
        int min;
        int max;
        switch (peek()) {
            case '*' -> {
                min = 0;
                max = -1;
                at++;
            }
            case '+' -> {
                min = 1;
                max = -1;
                at++;
            }
            case '?' -> {
                min = 0;
                max = 1;
                at++;
            }
            case '{' -> {
                at++;
                min = count();
                max = min;
                if (peek() == ',') {
                    at++;
                    max = peek() == '}' ? -1 : count();
                }
                expect('}');
                if (max >= 0 && max < min) {
                    throw unsupported("a count whose end is before its begin");
                }
            }
            default -> {
                return once;
            }
        }
        if (peek() == '?') {
            // lazy or greedy: a whole match is the same
            at++;
        }
        if (peek() == '*' || peek() == '+' || peek() == '?' || peek() == '{') {
            throw unsupported("a count of a count");
        }
        int behind = at;
        int outer = copies;
        copies *= Math.max(1, Math.max(min, max));
        if (copies > MAX_COUNT) {
            throw unsupported("counts of more than " + MAX_COUNT + " in all");
        }
        Fragment result = fragments.empty();
        for (int i = 0; i < min; i++) {
            result = fragments.then(result, again(from, level));
        }
        if (max < 0) {
            result = fragments.then(result, fragments.anyTimes(again(from, level)));
        } else if (max > min) {
            Fragment rest = fragments.optional(again(from, level));
            for (int i = min + 1; i < max; i++) {
                rest = fragments.optional(fragments.then(again(from, level), rest));
            }
            result = fragments.then(result, rest);
        }
        at = behind;
        copies = outer;
        return result;
    }

    /** A fresh copy of the atom that begins there. */
    private Fragment again(int from, int level) throws UnsupportedPatternException {
        at = from;
        depth = level;
        return atom();
    }

    private Fragment atom() throws UnsupportedPatternException {
        char c = take();
        return switch (c) {
            case '(' -> {
                if (peek() == '?') {
                    at++;
                    expect(':');
                }
                depth++;
                Fragment inner = alternatives();
                depth--;
                expect(')');
                yield inner;
            }
            case '[' -> fragments.oneOf(charClass());
            case '.' -> {
                BitSet all = ascii();
                all.clear('\n');
                yield fragments.oneOf(all);
            }
            case '\\' -> fragments.oneOf(escape());
            case '*', '+', '?', '{', '}', '^', '$', ']' -> throw unsupported("'" + c + "' at " + (at - 1));
            default -> fragments.oneOf(single(c));
        };
    }

    private BitSet charClass() throws UnsupportedPatternException {
        boolean negated = peek() == '^';
        if (negated) {
            at++;
        }
        BitSet set = new BitSet();
        int first = at;
        if (peek() == ']') {
            throw unsupported("']' first in a class");
        }
        while (peek() != ']') {
            int begin = at;
            char c = take();
            if (c == '[' || (c == '-' && peek() != ']' && begin != first)) {
                throw unsupported("'" + c + "' in a class");
            }
            BitSet from = c == '\\' ? escape() : single(c);
            if (peek() == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                at++;
                char to = take();
                BitSet last = to == '\\' ? escape() : single(to);
                if (from.cardinality() != 1 || last.cardinality() != 1 || last.nextSetBit(0) < from.nextSetBit(0)) {
                    throw unsupported("a range in a class");
                }
                set.set(from.nextSetBit(0), last.nextSetBit(0) + 1);
            } else {
                set.or(from);
            }
        }
        at++;
        if (negated) {
            set.flip(0, 128);
        }
        if (set.isEmpty()) {
            throw unsupported("a class that nothing is in");
        }
        return set;
    }

    private BitSet escape() throws UnsupportedPatternException {
        char c = take();
        BitSet set = new BitSet();
        switch (c) {
            case 'd', 'D' -> set.set('0', '9' + 1);
            case 'w', 'W' -> {
                set.set('0', '9' + 1);
                set.set('a', 'z' + 1);
                set.set('A', 'Z' + 1);
                set.set('_');
            }
            case 's', 'S' -> "\t\n\f\r ".chars().forEach(set::set);
            case 't' -> set.set('\t');
            case 'n' -> set.set('\n');
            case 'r' -> set.set('\r');
            case 'f' -> set.set('\f');
            case 'x' -> {
                String hex = String.valueOf(take()) + take();
                if (!hex.matches("[0-7][0-9a-fA-F]")) {
                    throw unsupported("'\\x" + hex + "'");
                }
                set.set(Integer.parseInt(hex, 16));
            }
            default -> {
                if (SYMBOLS.indexOf(c) < 0) {
                    throw unsupported("'\\" + c + "'");
                }
                set.set(c);
            }
        }
        if (c == 'D' || c == 'W' || c == 'S') {
            set.flip(0, 128);
        }
        return set;
    }

    private BitSet single(char c) throws UnsupportedPatternException {
        if (c >= 128) {
            throw unsupported("a character beyond ASCII");
        }
        BitSet set = new BitSet();
        set.set(c);
        return set;
    }

    private static BitSet ascii() {
        BitSet set = new BitSet();
        set.set(0, 128);
        return set;
    }

    private int count() throws UnsupportedPatternException {
        int value = 0;
        int from = at;
        while (peek() >= '0' && peek() <= '9') {
            value = value * 10 + (take() - '0');
            if (value > MAX_COUNT) {
                throw unsupported("a count above " + MAX_COUNT);
            }
        }
        if (at == from) {
            throw unsupported("'{' without a count");
        }
        return value;
    }

    private void expect(char c) throws UnsupportedPatternException {
        if (take() != c) {
            throw unsupported("no '" + c + "' at " + (at - 1));
        }
    }

    private char take() throws UnsupportedPatternException {
        if (at >= text.length()) {
            throw unsupported("an end in the middle");
        }
        return text.charAt(at++);
    }

    /** The next character; 0 at the end, which no pattern that we read contains. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private UnsupportedPatternException unsupported(String what) {
        return new UnsupportedPatternException("the pattern `" + text + "` has " + what);
    }
}
