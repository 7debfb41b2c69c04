// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.pattern;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A nondeterministic automaton in the making: nodes that take one byte of a set, or branch without taking any. Not thread-safe. */
final class Fragments {
    /** Expanded counts such as {@code (a{50}){50}} must not fill the memory. */
    private static final int LIMIT = 5_000;

    private static final BitSet NOTHING = new BitSet();

    /** A piece of the automaton: where it is entered, and the branching node at which it ends. */
    record Fragment(int start, int end) {}

    /** What a node takes; nothing for a node that only branches. */
    private final List<BitSet> takes = new ArrayList<>();

    private final List<List<Integer>> next = new ArrayList<>();

    Fragment empty() throws UnsupportedPatternException {
        int node = node(NOTHING);
        return new Fragment(node, node);
    }

    Fragment oneOf(BitSet bytes) throws UnsupportedPatternException {
        int start = node(bytes);
        int end = node(NOTHING);
        next.get(start).add(end);
        return new Fragment(start, end);
    }

    Fragment then(Fragment first, Fragment second) {
        next.get(first.end()).add(second.start());
        return new Fragment(first.start(), second.end());
    }

    Fragment either(Fragment left, Fragment right) throws UnsupportedPatternException {
        Fragment fork = empty();
        Fragment join = empty();
        next.get(fork.end()).add(left.start());
        next.get(fork.end()).add(right.start());
        next.get(left.end()).add(join.start());
        next.get(right.end()).add(join.start());
        return new Fragment(fork.start(), join.end());
    }

    Fragment optional(Fragment body) throws UnsupportedPatternException {
        return either(body, empty());
    }

    Fragment anyTimes(Fragment body) throws UnsupportedPatternException {
        Fragment hub = empty();
        Fragment out = empty();
        next.get(hub.end()).add(body.start());
        next.get(body.end()).add(hub.start());
        next.get(hub.end()).add(out.start());
        return new Fragment(hub.start(), out.end());
    }

    /** Adds all nodes that can be reached without taking a byte. */
    void close(BitSet nodes) {
        Deque<Integer> open = new ArrayDeque<>();
        nodes.stream().forEach(open::push);
        while (!open.isEmpty()) {
            int node = open.pop();
            if (!takes.get(node).isEmpty()) {
                continue;
            }
            for (int target : next.get(node)) {
                if (!nodes.get(target)) {
                    nodes.set(target);
                    open.push(target);
                }
            }
        }
    }

    /** The nodes behind all of these that take the byte. */
    BitSet step(BitSet nodes, int value) {
        BitSet targets = new BitSet();
        for (int node = nodes.nextSetBit(0); node >= 0; node = nodes.nextSetBit(node + 1)) {
            if (takes.get(node).get(value)) {
                next.get(node).forEach(targets::set);
            }
        }
        close(targets);
        return targets;
    }

    /** For each byte of ASCII the first byte that no node tells from it. */
    int[] representatives() {
        Set<BitSet> sets = new HashSet<>(takes);
        Map<List<Boolean>, Integer> first = new HashMap<>();
        int[] representatives = new int[128];
        for (int value = 0; value < representatives.length; value++) {
            int here = value;
            List<Boolean> membership = sets.stream().map(set -> set.get(here)).toList();
            Integer known = first.putIfAbsent(membership, value);
            representatives[value] = known == null ? value : known;
        }
        return representatives;
    }

    private int node(BitSet bytes) throws UnsupportedPatternException {
        if (takes.size() >= LIMIT) {
            throw new UnsupportedPatternException("it is too large when its counts are written out");
        }
        takes.add(bytes);
        next.add(new ArrayList<>(2));
        return takes.size() - 1;
    }
}
