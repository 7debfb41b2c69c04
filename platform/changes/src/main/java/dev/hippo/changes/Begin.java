// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

/** Where a group begins that has no check point, or whose check point is gone from the topic. */
public enum Begin {
    /** With all that was ever told, the snapshot first; if that is gone, the consumption ends with {@link ChangesGoneException}. */
    WHOLE,
    /** With the first whole window that is still there, whatever is missing before it. */
    OLDEST,
    /** With the next window that comes, whatever is missing before it. */
    LATEST
}
