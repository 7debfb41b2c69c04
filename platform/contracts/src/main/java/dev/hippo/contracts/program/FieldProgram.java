// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** What is done with one occurrence of a field on the wire. Thread-safe once its {@link MessageProgram} is defined. */
abstract class FieldProgram {
    /** The occurrence is invalid, or too odd to decide here. */
    static final int ASK = 0;
    /** The occurrence is valid and leaves the field unset: a zero without presence, or an empty packed list. */
    static final int UNSET = 1;
    /** The occurrence is valid and sets the field. */
    static final int SET = 2;

    final int number;

    /** This field's bit in the set of fields that were seen; 0 if nobody asks. */
    long bit;
    /** The fields after which this one may not come: itself, when it is singular, and its oneof. */
    long conflicts;

    FieldProgram(int number) {
        this.number = number;
    }

    /** Decides on a varint, four or eight bytes: {@link #ASK}, {@link #UNSET} or {@link #SET}. */
    int number(long raw, int wireType) {
        return ASK;
    }

    /** Decides on a length-delimited value: {@link #ASK}, {@link #UNSET} or {@link #SET}. */
    abstract int delimited(byte[] bytes, int from, int end, int depth);

    /** Whether an event without this field is valid, when the rules look at the default of a field that has no presence. */
    abstract boolean acceptsZero();
}
