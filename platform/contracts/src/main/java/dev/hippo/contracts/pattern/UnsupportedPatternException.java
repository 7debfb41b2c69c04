// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.pattern;

/** The regular expression uses what {@link BytePattern} does not know, or is wrong. */
public final class UnsupportedPatternException extends Exception {
    private static final long serialVersionUID = 1L;

    UnsupportedPatternException(String message) {
        super(message);
    }
}
