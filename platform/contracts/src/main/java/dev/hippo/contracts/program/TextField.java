// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** A field of strings or bytes. Thread-safe. */
final class TextField extends FieldProgram {
    private final TextTest test;
    private final Occurrence occurrence;

    TextField(int number, TextTest test, Occurrence occurrence) {
        super(number);
        this.test = test;
        this.occurrence = occurrence;
    }

    @Override
    int delimited(byte[] bytes, int from, int end, int depth) {
        if (from == end && occurrence.zeroUnsets()) {
            return acceptsZero() ? UNSET : ASK;
        }
        return test.passes(bytes, from, end) ? SET : ASK;
    }

    @Override
    boolean acceptsZero() {
        return occurrence == Occurrence.ZERO_IGNORED || test.passes(new byte[0], 0, 0);
    }
}
