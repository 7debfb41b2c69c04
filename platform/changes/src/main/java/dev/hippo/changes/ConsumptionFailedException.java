// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import org.jspecify.annotations.Nullable;

/** The consumer did not take what it was told. */
public final class ConsumptionFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    ConsumptionFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
