// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

/** A command cannot do what it was asked for. The message is all that the user sees, the status is the process's. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    public CommandFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
