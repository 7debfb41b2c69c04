// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

/** What a consumer asks for is not in the topic any more. It begins elsewhere only if it is told so: see {@link Begin}. */
public final class ChangesGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    ChangesGoneException(String message) {
        super(message);
    }
}
