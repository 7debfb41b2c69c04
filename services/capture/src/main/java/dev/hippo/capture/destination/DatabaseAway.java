// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

/** The database does not do now what it may do later; the message says what and why, and holds no secret. */
final class DatabaseAway extends Exception {
    private static final long serialVersionUID = 1L;

    DatabaseAway(String message, Throwable cause) {
        super(message, cause);
    }
}
