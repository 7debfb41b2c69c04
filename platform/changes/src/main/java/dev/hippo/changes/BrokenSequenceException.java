// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

/** The topic does not tell windows whole and in order: it was written by somebody else, too, or lost records. */
public final class BrokenSequenceException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenSequenceException(String message) {
        super(message);
    }
}
