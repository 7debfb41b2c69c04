// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.pattern;

import dev.hippo.contracts.pattern.Fragments.Fragment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A regular expression as one table that is walked byte by byte: no decoding, no allocation, time linear in the input. It matches the whole
 * input, and only inputs in ASCII: what RE2 would accept beyond ASCII is not matched here. Thread-safe.
 */
public final class BytePattern {
    private static final int STATES = 2_000;
    private static final int DEAD = -1;

    /** The following state by state * 128 + byte. */
    private final short[] next;

    private final BitSet accepting;

    private BytePattern(short[] next, BitSet accepting) {
        this.next = next;
        this.accepting = accepting;
    }

    /**
     * Compiles a pattern in RE2's syntax.
     *
     * @throws UnsupportedPatternException if the pattern is wrong, or right and more than is known here
     */
    public static BytePattern compile(String pattern) throws UnsupportedPatternException {
        Fragments fragments = new Fragments();
        Fragment whole = new PatternParser(pattern, fragments).parse();
        int[] representatives = fragments.representatives();
        List<BitSet> states = new ArrayList<>();
        Map<BitSet, Integer> numbers = new HashMap<>();
        List<short[]> rows = new ArrayList<>();
        BitSet start = new BitSet();
        start.set(whole.start());
        fragments.close(start);
        states.add(start);
        numbers.put(start, 0);
        for (int state = 0; state < states.size(); state++) {
            short[] row = new short[128];
            for (int value = 0; value < 128; value++) {
                if (representatives[value] < value) {
                    row[value] = row[representatives[value]];
                    continue;
                }
                BitSet target = fragments.step(states.get(state), value);
                Integer number = target.isEmpty() ? Integer.valueOf(DEAD) : numbers.get(target);
                if (number == null) {
                    number = states.size();
                    if (number >= STATES) {
                        throw new UnsupportedPatternException("the pattern `" + pattern + "` needs too many states");
                    }
                    states.add(target);
                    numbers.put(target, number);
                }
                row[value] = number.shortValue();
            }
            rows.add(row);
        }
        short[] next = new short[rows.size() * 128];
        BitSet accepting = new BitSet();
        for (int state = 0; state < rows.size(); state++) {
            System.arraycopy(rows.get(state), 0, next, state * 128, 128);
            accepting.set(state, states.get(state).get(whole.end()));
        }
        return new BytePattern(next, accepting);
    }

    /** Whether the bytes from {@code from} to before {@code to} match as a whole. */
    public boolean matches(byte[] bytes, int from, int to) {
        int state = 0;
        for (int i = from; i < to; i++) {
            byte value = bytes[i];
            if (value < 0) {
                return false;
            }
            state = next[state << 7 | value];
            if (state == DEAD) {
                return false;
            }
        }
        return accepting.get(state);
    }
}
