// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which tables the server tells of. */
final class Publication {
    private static final Logger log = LoggerFactory.getLogger(Publication.class);

    /** Partitions are told as the table that they are parts of. */
    private static final String WITH =
            " WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)";

    private final PostgresSettings settings;
    private final String name;

    Publication(PostgresSettings settings) {
        this.settings = settings;
        this.name = Names.quoted(settings.publication());
    }

    boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select 1 from pg_publication where pubname = ?")) {
            query.setString(1, settings.publication());
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Makes it if it is not there, and takes into it what it lacks. */
    void cover(Connection connection, List<SourceTable> tables) throws SourceFailure, SQLException {
        if (!exists(connection)) {
            change(connection, "CREATE PUBLICATION " + name + " FOR TABLE " + listed(tables) + WITH, tables);
            return;
        }
        checkOperations(connection);
        Set<String> covered = covered(connection);
        List<SourceTable> lacking = tables.stream()
                .filter(table -> !covered.contains(Names.quoted(table)))
                .toList();
        if (!lacking.isEmpty()) {
            // whoever writes to them has to end first: the log would not tell what a transaction had written before
            String writers = "LOCK TABLE " + lacking.stream().map(Names::quoted).collect(Collectors.joining(", "))
                    + " IN SHARE ROW EXCLUSIVE MODE";
            change(
                    connection,
                    "BEGIN; SET LOCAL lock_timeout = '10s'; " + writers + "; ALTER PUBLICATION " + name + " ADD TABLE "
                            + listed(lacking) + "; COMMIT",
                    lacking);
        }
    }

    private static String listed(List<SourceTable> tables) {
        return tables.stream().map(table -> "ONLY " + Names.quoted(table)).collect(Collectors.joining(", "));
    }

    private void change(Connection connection, String sql, List<SourceTable> tables)
            throws SourceFailure, SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            log.info("Published sql={}", sql);
        } catch (SQLException e) {
            if (Refusal.NO_RIGHT.equals(e.getSQLState())) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "User '" + settings.user() + "' has no right to publish "
                                + tables.stream().map(SourceTable::fullName).collect(Collectors.joining(", ")) + " ("
                                + Refusal.words(e) + "); either as a superuser run " + sql
                                + ", or GRANT CREATE ON DATABASE "
                                + Names.quoted(connection.getCatalog()) + " TO " + Names.quoted(settings.user())
                                + " and make the user owner of the tables",
                        e);
            }
            throw e;
        }
    }

    private void checkOperations(Connection connection) throws SourceFailure, SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "select pubinsert and pubupdate and pubdelete and pubtruncate from pg_publication where pubname = ?")) {
            query.setString(1, settings.publication());
            try (ResultSet row = query.executeQuery()) {
                if (row.next() && !row.getBoolean(1)) {
                    throw new SourceFailure(
                            Kind.SETTING,
                            "Publication '" + settings.publication()
                                    + "' leaves some changes out; run ALTER PUBLICATION " + name
                                    + " SET (publish = 'insert, update, delete, truncate')");
                }
            }
        }
    }

    private Set<String> covered(Connection connection) throws SQLException {
        Set<String> covered = new HashSet<>();
        try (PreparedStatement query = connection.prepareStatement(
                "select schemaname, tablename from pg_publication_tables where pubname = ?")) {
            query.setString(1, settings.publication());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    covered.add(Names.quoted(row.getString(1)) + "." + Names.quoted(row.getString(2)));
                }
            }
        }
        return covered;
    }
}
