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

    /** Connections of a user that MariaDB and MySQL have no room for just now; their state is that of a wrong statement. */
    private static final Set<Integer> TOO_MANY = Set.of(1203, 1226);

    /** What MariaDB and MySQL say to who asks for a log that is gone, or of which they cannot read on. */
    private static final String NO_SUCH_LOG = "Error code: 1236";

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
                return unlinked(database.connector(), database instanceof BroughtDatabase, cause);
            }
            passing |= cause instanceof IOException
                    || cause instanceof SQLException
                    || cause instanceof RetriableException;
            refused |= cause instanceof SQLException said && isSetting(said);
            // an error of its own kind, which Debezium tells by its number alone
            refused |= words.contains(NO_SUCH_LOG);
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

    /**
     * A class that a connector asks for and nobody has, or that is none of those that it knows.
     *
     * @param brought whether the pipeline brings the connector
     */
    static SourceFailure unlinked(String connector, boolean brought, Throwable thrown) {
        boolean missing = thrown instanceof NoClassDefFoundError || thrown instanceof ClassNotFoundException;
        String what = missing ? " does not find all its classes: " : " does not get on with a class: ";
        String deed = !brought
                ? "; the jars of this service are not whole: build Hippo anew"
                : missing
                        ? "; name the jar that has it in 'classpath', of the connector's own version"
                        : "; take all jars in 'classpath' from one version of the connector";
        return new SourceFailure(Kind.SETTING, "connector " + connector + what + thrown + deed, thrown);
    }

    /** No login, no right, no such thing: somebody has to change something. */
    private static boolean isSetting(SQLException refused) {
        String state = refused.getSQLState();
        return OTHERS_LOGIN.contains(refused.getErrorCode())
                || (state != null
                        && (state.startsWith("28") || state.startsWith("42"))
                        && !TOO_MANY.contains(refused.getErrorCode()));
    }
}
