// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** A field that is encoded as a group: always left to the reference. Thread-safe. */
final class GroupField extends FieldProgram {
    GroupField(int number) {
        super(number);
    }

    @Override
    int delimited(byte[] bytes, int from, int end, int depth) {
        return ASK;
    }

    @Override
    boolean acceptsZero() {
        return false;
    }
}
