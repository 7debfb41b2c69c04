// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import java.util.Arrays;

/**
 * Bounds and lists for integers. A lower bound above the upper one means "outside": valid from the lower on, or up to the upper. Values of
 * 64-bit unsigned kinds have their sign bit flipped, here and in the bounds, so that signed comparison orders them. Thread-safe.
 */
record IntegerTest(long flip, long low, long high, boolean outside, long[] in, long[] notIn) implements NumberTest {
    IntegerTest {
        Arrays.sort(in);
        Arrays.sort(notIn);
    }

    @Override
    public boolean passes(long value) {
        long key = value ^ flip;
        boolean bounded = outside ? key >= low || key <= high : key >= low && key <= high;
        return bounded
                && (in.length == 0 || Arrays.binarySearch(in, key) >= 0)
                && (notIn.length == 0 || Arrays.binarySearch(notIn, key) < 0);
    }
}
