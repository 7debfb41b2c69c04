// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

/** A value that a contract has no way to tell without losing something. The message says what it is and what to do. */
final class UntellableValue extends Exception {
    private static final long serialVersionUID = 1L;

    UntellableValue(String message) {
        super(message);
    }
}
