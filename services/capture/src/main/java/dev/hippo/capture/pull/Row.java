// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row on its way through the sorting. In the order of the keys, and for one key of the places.
 *
 * @param key of the record in Kafka
 * @param place greater than that of all rows told before it
 * @param image the message; null for a row that was taken away
 */
public record Row(byte[] key, long place, byte @Nullable [] image) implements Comparable<Row> {
    @Override
    public int compareTo(Row other) {
        int byKey = Arrays.compareUnsigned(key, other.key);
        return byKey != 0 ? byKey : Long.compare(place, other.place);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Row row && compareTo(row) == 0 && Arrays.equals(image, row.image);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(key) + Long.hashCode(place);
    }
}
