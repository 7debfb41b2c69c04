// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.SQLException;

/** What the server's own words for a failure mean to who has to do something about it. */
final class Refusal {
    static final String NO_RIGHT = "42501";
    static final String NOT_THERE = "42704";

    private Refusal() {}

    static SourceFailure of(String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return new SourceFailure(kind(state), what + ": " + words(e) + advice(state), e);
    }

    /** Without the stack of the server and the place in a statement that nobody here has written. */
    static String words(SQLException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        int hint = message.indexOf("\n  Position:");
        return (hint < 0 ? message : message.substring(0, hint)).strip();
    }

    private static Kind kind(String state) {
        if (state.equals("58P01")) {
            return Kind.GONE;
        }
        // no connection; resources; an operator's doing; a clash with another; in use
        boolean passing = state.isEmpty()
                || state.startsWith("08")
                || (state.startsWith("53") && !state.equals("53400"))
                || state.startsWith("57")
                || state.startsWith("58")
                || state.startsWith("40")
                || state.equals("55006")
                || state.equals("55P03");
        return passing ? Kind.PASSING : Kind.SETTING;
    }

    private static String advice(String state) {
        return switch (state) {
            case "58P01" -> "; the log is gone, only a new snapshot or a jump to the present helps";
            case "53300" -> "; raise max_connections or max_wal_senders, or stop another reader";
            case "53400" -> "; raise max_replication_slots, or drop a slot that nobody reads (pg_replication_slots)";
            case "28P01", "28000" -> "; check user, password and the server's pg_hba.conf";
            case "3D000" -> "; check the database's name in the URL";
            default -> "";
        };
    }
}
