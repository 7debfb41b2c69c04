// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import java.time.Instant;
import java.util.Comparator;

/**
 * Which state of a partition a message speaks of. Of two, the one with the later {@code exec_date} is newer; of those with the same, the one with
 * the higher table version.
 *
 * @param executed the message's {@code exec_date}, to the millisecond
 * @param version the table's version, 0 where the message names none
 */
public record DataVersion(Instant executed, long version) implements Comparable<DataVersion> {
    private static final Comparator<DataVersion> ORDER =
            Comparator.comparing(DataVersion::executed).thenComparingLong(DataVersion::version);

    @Override
    public int compareTo(DataVersion other) {
        return ORDER.compare(this, other);
    }

    /** The later of the two. */
    public DataVersion max(DataVersion other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** The same for the same version, short. */
    public String text() {
        return executed.toEpochMilli() + "." + version;
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static DataVersion parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("'" + text + "' is no data version");
        }
        return new DataVersion(
                Instant.ofEpochMilli(Long.parseLong(text.substring(0, dot))), Long.parseLong(text.substring(dot + 1)));
    }
}
