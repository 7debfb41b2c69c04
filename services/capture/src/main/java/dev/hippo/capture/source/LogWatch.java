// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import org.jspecify.annotations.Nullable;

/** Looks at a source's log beside who reads it, over a connection of its own, and warns of a log that is about to go. Used by one thread. */
public interface LogWatch extends AutoCloseable {
    /**
     * Looks.
     *
     * @param stored how far the log is stored; null if nothing is
     * @throws SourceFailure if the source does not tell; the next look may be luckier
     */
    LogState look(@Nullable Position stored) throws SourceFailure;

    @Override
    void close();
}
