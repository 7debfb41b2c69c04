// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.replay;

import java.time.DateTimeException;
import java.time.Instant;

/** One end of a range of a topic. */
public sealed interface ReplayPoint {
    /** The first record that there is. */
    record Earliest() implements ReplayPoint {}

    /** Behind the last record that there is. */
    record Latest() implements ReplayPoint {}

    /** The first record of that time or later. */
    record At(Instant time) implements ReplayPoint {}

    /** That offset, in each partition. */
    record Offset(long offset) implements ReplayPoint {}

    /**
     * Reads {@code earliest}, {@code latest}, a time such as {@code 2026-11-21T06:00:00Z}, or an offset.
     *
     * @throws ReplayRefused if it is none of them
     */
    static ReplayPoint parse(String text) throws ReplayRefused {
        if (text.equals("earliest")) {
            return new Earliest();
        }
        if (text.equals("latest")) {
            return new Latest();
        }
        if (text.matches("[0-9]{1,18}")) {
            return new Offset(Long.parseLong(text));
        }
        try {
            return new At(Instant.parse(text));
        } catch (DateTimeException e) {
            throw new ReplayRefused("'" + text + "' is no end of a range; write earliest, latest, a time such as"
                    + " 2026-11-21T06:00:00Z, or an offset");
        }
    }
}
