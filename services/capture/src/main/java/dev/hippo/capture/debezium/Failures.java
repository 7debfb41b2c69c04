// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.IOException;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** What a connector's exception means to who has to do something about it. */
final class Failures {
    private Failures() {}

    /**
     * Asks the database first, which knows more than the exception says.
     *
     * @param told the last place of which was told; null if there was none
     */
    static SourceFailure of(Database database, @Nullable Position told, RuntimeException thrown) {
        String words = thrown.toString();
        boolean passing = false;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            words = cause.getMessage() == null ? words : cause.getMessage();
            passing |= cause instanceof IOException
                    || (cause instanceof SQLException refused && !isSetting(refused))
                    || cause instanceof RetriableException;
        }
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
                        + (passing
                                ? ""
                                : "; see its words before in the log. The native reader may read what it cannot"),
                thrown);
    }

    /** No login, no right, no such thing: somebody has to change something. */
    private static boolean isSetting(SQLException refused) {
        String state = refused.getSQLState();
        return state != null && (state.startsWith("28") || state.startsWith("42"));
    }
}
