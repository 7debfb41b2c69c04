// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/** A contract has a rule that no {@link MessageProgram} can check; the reason says which and where. */
public final class NotCompilableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    NotCompilableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
