// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import java.sql.SQLException;
import java.util.Set;

/** A statement or the connection has failed; the text says where in the file. */
// as printed at the end of the attempt's log the name of the class would be in the way
@SuppressWarnings("OverrideThrowableToString")
final class SqlFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** SQLSTATE: the statement itself is wrong, or refers to what is not there; no such user or password; no such database. */
    private static final Set<String> HOPELESS = Set.of("42", "28", "3D");

    private final boolean hopeless;

    SqlFailure(String message, SQLException cause) {
        this(message, HOPELESS.contains(state(cause)));
    }

    SqlFailure(String message, boolean hopeless) {
        // it is for people, whom our stack tells nothing
        super(message, null, false, false);
        this.hopeless = hopeless;
    }

    /** The class of the error, two characters. */
    private static String state(SQLException cause) {
        String state = cause.getSQLState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
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
