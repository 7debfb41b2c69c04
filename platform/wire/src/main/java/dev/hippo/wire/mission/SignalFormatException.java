// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

/** A message is neither notice nor finish message; the text names the field, what is wrong with it and what it should be. */
public final class SignalFormatException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String field;

    public SignalFormatException(String field, String message) {
        super(message);
        this.field = field;
    }

    /** The field that is wrong; empty when it is the message. */
    public String field() {
        return field;
    }
}
