// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

/** What a handler writes to does not answer; any change would fail now, so none is parked for it. */
public final class TargetAwayException extends Exception {
    private static final long serialVersionUID = 1L;

    public TargetAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
