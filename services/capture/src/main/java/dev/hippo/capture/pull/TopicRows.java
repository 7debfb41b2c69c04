// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows that were told, as Kafka has them: from these the state is made anew where it is gone. */
@FunctionalInterface
public interface TopicRows {
    /** Is told of records. */
    @FunctionalInterface
    interface Listener {
        void record(byte[] key, byte @Nullable [] row) throws IOException;
    }

    /**
     * Tells every committed record, those of one key in their order.
     *
     * @throws SourceFailure if they cannot be read now
     */
    void tell(Listener to) throws SourceFailure, IOException;
}
