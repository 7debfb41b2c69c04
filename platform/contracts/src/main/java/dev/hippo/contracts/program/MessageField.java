// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** A field of messages, or a map: a list of its entries. Thread-safe. */
final class MessageField extends FieldProgram {
    private final MessageProgram program;
    private final TimeTest time;

    MessageField(int number, MessageProgram program, TimeTest time) {
        super(number);
        this.program = program;
        this.time = time;
    }

    @Override
    int delimited(byte[] bytes, int from, int end, int depth) {
        return program.accepts(bytes, from, end, depth + 1) && time.passes(bytes, from, end) ? SET : ASK;
    }

    @Override
    boolean acceptsZero() {
        // an absent message is not looked into; where a default would be (a map's value), the reference decides
        return false;
    }
}
