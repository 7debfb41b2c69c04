// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the server's errors mean for who reads it. */
final class ServerFailures {
    private static final int ACCESS_DENIED_TO_DATABASE = 1044;
    private static final int ACCESS_DENIED = 1045;
    private static final int UNKNOWN_DATABASE = 1049;
    private static final int TABLE_ACCESS_DENIED = 1142;
    private static final int COLUMN_ACCESS_DENIED = 1143;
    private static final int RIGHT_MISSING = 1227;
    private static final int READING_LOG = 1236;
    private static final int LOGIN_OF_NO_PASSWORD = 1698;

    private ServerFailures() {}

    static SourceFailure of(MariaDbSettings settings, String doing, SQLException cause) {
        return of(settings, doing, cause.getErrorCode(), String.valueOf(cause.getMessage()), cause);
    }

    /** With the server's number for the error; 0 if it gave none. */
    static SourceFailure of(
            MariaDbSettings settings, String doing, int error, String message, @Nullable Throwable cause) {
        String user = "'" + settings.user() + "'";
        return switch (error) {
            case ACCESS_DENIED, LOGIN_OF_NO_PASSWORD ->
                failure(
                        Kind.SETTING,
                        "could not " + doing + ": the server does not let " + user + " in, or lacks the right: "
                                + message + "; check user and password, and " + grant(settings),
                        cause);
            case RIGHT_MISSING, ACCESS_DENIED_TO_DATABASE ->
                failure(
                        Kind.SETTING,
                        "could not " + doing + ": " + user + " lacks a right: " + message + "; " + grant(settings),
                        cause);
            case TABLE_ACCESS_DENIED, COLUMN_ACCESS_DENIED ->
                failure(
                        Kind.SETTING,
                        "could not " + doing + ": " + message + "; GRANT SELECT on the table TO " + user,
                        cause);
            case UNKNOWN_DATABASE ->
                failure(Kind.SETTING, "could not " + doing + ": " + message + "; correct the url", cause);
            case READING_LOG -> failure(kindOfReading(message), reading(settings, message), cause);
            default -> failure(Kind.PASSING, "could not " + doing + ": " + message, cause);
        };
    }

    private static Kind kindOfReading(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("max_allowed_packet")) {
            return Kind.SETTING;
        }
        return text.contains("same server_uuid") || text.contains("same server_id") ? Kind.SETTING : Kind.GONE;
    }

    private static String reading(MariaDbSettings settings, String message) {
        return switch (kindOfReading(message)) {
            case SETTING ->
                message.contains("max_allowed_packet")
                        ? "the server cannot send an event of its binary log: " + message
                                + "; raise max_allowed_packet on the server"
                        : "another reader has server id " + settings.serverId() + " too: " + message
                                + "; give each reader its own";
            default ->
                "the server's binary log cannot be read from the stored position: " + message
                        + "; take a new snapshot, or order a jump to now; keep logs longer with"
                        + " binlog_expire_logs_seconds";
        };
    }

    /** What an administrator has to do. */
    static String grant(MariaDbSettings settings) {
        return "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '" + settings.user()
                + "'@'HOST' and SELECT on the tables";
    }

    private static SourceFailure failure(Kind kind, String message, @Nullable Throwable cause) {
        return cause == null ? new SourceFailure(kind, message) : new SourceFailure(kind, message, cause);
    }
}
