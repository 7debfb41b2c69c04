// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

/** A hippo cannot start or go on, for a reason that its user can mend. The message says what, why and what to do. */
public final class HippoFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public HippoFailure(String message) {
        super(message);
    }

    public HippoFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
