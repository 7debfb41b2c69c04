// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import org.jspecify.annotations.Nullable;

/** Kafka cannot be reached, or refuses. The message says where, why and what to check. */
public final class KafkaUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public KafkaUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
