// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.pattern;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A nondeterministic automaton in the making: nodes that take one byte of a set, or branch without taking any. Not thread-safe. */
final class Fragments {
    /** Expanded counts such as {@code (a{50}){50}} must not fill the memory. */
    private static final int LIMIT = 5_000;

    /** A piece of the automaton: where it is entered, and the branching node at which it ends. */
    record Fragment(int start, int end) {}

    /** What a node takes; null for a node that only branches. */
    private final List<BitSet> takes = new ArrayList<>();

    private final List<List<Integer>> next = new ArrayList<>();

    private static final BitSet NOTHING = new BitSet();

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
        List<Integer> open = new ArrayList<>(nodes.stream().boxed().toList());
        while (!open.isEmpty()) {
            int node = open.remove(open.size() - 1);
            if (!takes.get(node).isEmpty()) {
                continue;
            }
            for (int target : next.get(node)) {
                if (!nodes.get(target)) {
                    nodes.set(target);
                    open.add(target);
                }
            }
        }
    }

    /** The nodes behind all of these that take the byte. */
    BitSet step(BitSet nodes, int value) {
        BitSet targets = new BitSet();
        nodes.stream()
                .filter(node -> takes.get(node).get(value))
                .forEach(node -> next.get(node).forEach(targets::set));
        close(targets);
        return targets;
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
