// SPDX-License-Identifier: Apache-2.0
package dev.hippo.sdk;

import java.util.Iterator;
import java.util.Map;

/**
 * Rows of which a hippo asks again and again, to tell what is different each time. It is made once, by a constructor without parameters; one thread asks it.
 *
 * <p>A value is a {@code Boolean}, a {@code Number}, a text, {@code byte[]}, an {@code Instant} or another time of {@code java.time}, or a {@code Collection} of these; null, or no
 * entry, for a field without a value. What is no field of the contract is passed over.
 */
@FunctionalInterface
public interface PullSource extends AutoCloseable {
    /**
     * All rows that there are now, in any order: their values by the names of the contract's fields. If the iterator throws, nothing of what it gave counts, and the scan is repeated
     * later. If it is {@link AutoCloseable}, it is closed in the end.
     */
    Iterator<Map<String, Object>> scan() throws Exception;

    /** Nobody asks any more. May be called by another thread, also while the iterator is asked. */
    @Override
    default void close() {}
}
