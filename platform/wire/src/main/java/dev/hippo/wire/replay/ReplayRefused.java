// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.replay;

/** What was asked for cannot be replayed; the message says what is wrong and what to do. */
public final class ReplayRefused extends Exception {
    private static final long serialVersionUID = 1L;

    public ReplayRefused(String message) {
        super(message);
    }
}
