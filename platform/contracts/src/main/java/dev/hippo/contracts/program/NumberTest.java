// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** A rule on the long that {@link NumberKind} makes of a number. Thread-safe. */
interface NumberTest {
    NumberTest ANY = value -> true;

    boolean passes(long value);
}
