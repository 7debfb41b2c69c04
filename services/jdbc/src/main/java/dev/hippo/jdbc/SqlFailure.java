// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import java.sql.SQLException;

/** A statement or the connection has failed; the text says where in the file. */
// as printed at the end of the attempt's log the name of the class would be in the way
@SuppressWarnings("OverrideThrowableToString")
final class SqlFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean hopeless;

    SqlFailure(String message, SQLException cause) {
        // the statement itself is wrong, or refers to what is not there
        this(message, cause.getSQLState() != null && cause.getSQLState().startsWith("42"));
    }

    SqlFailure(String message, boolean hopeless) {
        // it is for people, whom our stack tells nothing
        super(message, null, false, false);
        this.hopeless = hopeless;
    }

    @Override
    public String toString() {
        return String.valueOf(getMessage());
    }

    /** Whether it fails the same way again. */
    boolean hopeless() {
        return hopeless;
    }
}
