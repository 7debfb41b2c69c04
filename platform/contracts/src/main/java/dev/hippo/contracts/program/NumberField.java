// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** A field of numbers, booleans or enum values: one, or many in either encoding. Thread-safe. */
final class NumberField extends FieldProgram {
    private final NumberKind kind;
    private final NumberTest test;
    private final Occurrence occurrence;

    NumberField(int number, NumberKind kind, NumberTest test, Occurrence occurrence) {
        super(number);
        this.kind = kind;
        this.test = test;
        this.occurrence = occurrence;
    }

    NumberKind kind() {
        return kind;
    }

    @Override
    int number(long raw, int wireType) {
        if (wireType != kind.wireType) {
            return ASK;
        }
        long value = kind.value(raw);
        if (value == 0 && occurrence.zeroUnsets()) {
            return acceptsZero() ? UNSET : ASK;
        }
        return test.passes(value) ? SET : ASK;
    }

    @Override
    int delimited(byte[] bytes, int from, int end, int depth) {
        if (occurrence != Occurrence.REPEATED) {
            return ASK;
        }
        int at = from;
        while (at < end) {
            int to = Wire.valueEnd(kind.wireType, bytes, at, end);
            if (to < 0) {
                return ASK;
            }
            if (!test.passes(kind.value(raw(bytes, at, to)))) {
                return ASK;
            }
            at = to;
        }
        return from == end ? UNSET : SET;
    }

    /** The number between the two places, as it is encoded. */
    long raw(byte[] bytes, int at, int to) {
        return switch (kind.wireType) {
            case Wire.FIXED32 -> Wire.fixed32(bytes, at);
            case Wire.FIXED64 -> Wire.fixed64(bytes, at);
            default -> Wire.varint(bytes, at, to - at);
        };
    }

    @Override
    boolean acceptsZero() {
        return occurrence == Occurrence.ZERO_IGNORED || test.passes(0);
    }
}
