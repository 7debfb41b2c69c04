// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** What an occurrence of a field means for the field being set. */
enum Occurrence {
    /** Each occurrence sets the field. */
    PRESENCE,
    /** A zero is as good as no occurrence, and the rules look at it. */
    ZERO_CHECKED,
    /** A zero is as good as no occurrence, and no rule looks at it. */
    ZERO_IGNORED,
    /** Each occurrence adds an element. */
    REPEATED;

    boolean zeroUnsets() {
        return this == ZERO_CHECKED || this == ZERO_IGNORED;
    }
}
