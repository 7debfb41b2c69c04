// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

/** What a call-back says of what it was told. */
public enum CallbackResult {
    /** Taken. */
    SUCCESS,
    /** Taken, at the end of a window: but no check point here, the next one covers it. Anywhere else the same as {@link #SUCCESS}. */
    SKIP_CHECKPOINT,
    /** Not taken: everything behind the last check point is told again. */
    ERROR,
    /** Not taken, and telling it again is of no use: the consumption ends. */
    ERROR_FATAL
}
