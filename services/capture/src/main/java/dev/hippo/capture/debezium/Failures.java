// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** What a connector's exception means to who has to do something about it. */
final class Failures {
    /** A login that SQL Server and Oracle refuse, neither of which says so by the state. */
    private static final Set<Integer> OTHERS_LOGIN = Set.of(18456, 1017);

    private Failures() {}

    /**
     * Asks the database first, which knows more than the exception says.
     *
     * @param told the last place of which was told; null if there was none
     */
    static SourceFailure of(Database database, @Nullable Position told, RuntimeException thrown) {
        String words = thrown.toString();
        boolean passing = false;
        boolean refused = false;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            words = cause.getMessage() == null ? words : cause.getMessage();
            if (cause instanceof LinkageError || cause instanceof ClassNotFoundException) {
                return missing(database.connector(), cause);
            }
            passing |= cause instanceof IOException
                    || cause instanceof SQLException
                    || cause instanceof RetriableException;
            refused |= cause instanceof SQLException said && isSetting(said);
        }
        // whoever wraps it may call it a thing that passes
        passing &= !refused;
        try {
            if (told != null) {
                database.prepare(told);
            }
        } catch (SourceFailure e) {
            if (passing || e.kind() == Kind.GONE) {
                e.addSuppressed(thrown);
                return e;
            }
        }
        return new SourceFailure(
                passing ? Kind.PASSING : Kind.SETTING,
                "Debezium's connector ended: " + words
                        + (passing ? "" : "; see its words before in the log. " + database.advice()),
                thrown);
    }

    /** A class that a connector asks for and nobody has. */
    static SourceFailure missing(String connector, Throwable thrown) {
        return new SourceFailure(
                Kind.SETTING,
                "connector " + connector + " does not find all its classes: " + thrown
                        + "; name the jar that has it in 'classpath', of the connector's own version",
                thrown);
    }

    /** No login, no right, no such thing: somebody has to change something. */
    private static boolean isSetting(SQLException refused) {
        String state = refused.getSQLState();
        return OTHERS_LOGIN.contains(refused.getErrorCode())
                || (state != null && (state.startsWith("28") || state.startsWith("42")));
    }
}
