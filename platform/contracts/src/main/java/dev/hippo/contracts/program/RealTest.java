// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** Bounds and lists for floats and doubles. Not a number passes none; the two zeros are equal. Thread-safe. */
record RealTest(
        double low,
        boolean lowIncluded,
        double high,
        boolean highIncluded,
        boolean outside,
        boolean finite,
        double[] in,
        double[] notIn)
        implements NumberTest {
    @Override
    public boolean passes(long bits) {
        double value = Double.longBitsToDouble(bits);
        boolean above = lowIncluded ? value >= low : value > low;
        boolean below = highIncluded ? value <= high : value < high;
        return !Double.isNaN(value)
                && (outside ? above || below : above && below)
                && (!finite || Double.isFinite(value))
                && (in.length == 0 || contains(in, value))
                && !contains(notIn, value);
    }

    private static boolean contains(double[] list, double value) {
        for (double each : list) {
            if (each == value) {
                return true;
            }
        }
        return false;
    }
}
