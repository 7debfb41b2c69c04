// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The ways of one kind of database. */
interface Dialect {
    /** The dialect that a JDBC address asks for; the reader of the pipeline file has refused all others. */
    static Dialect of(String url) {
        return url.startsWith("jdbc:postgresql:") ? new PostgresDialect() : new MariaDbDialect();
    }

    /** A connection that commits when it is told to, waits for nobody's lock for ever and reads times as UTC's. */
    Connection connect(Login login) throws SQLException;

    /** A name as SQL has it, whatever is in it. */
    String quoted(String name);

    default String quoted(TableName table) {
        return quoted(table.schema()) + "." + quoted(table.name());
    }

    /** The table as it is; empty if it is not there. */
    Optional<TableShape> shape(Connection connection, TableName table) throws SQLException;

    /** Whether the schema, or database, is there. */
    boolean hasSchema(Connection connection, String schema) throws SQLException;

    /**
     * The type of a column that is made for a field.
     *
     * @param inKeyOf of how many columns the key is that it is one of; 0 if it is none of them
     */
    String type(RowField field, int inKeyOf);

    /** What stands behind the columns of a table that is made. */
    String tableOptions();

    /** Whether a column takes the values of a field with nothing lost. */
    boolean takes(RowField field, TableShape.Column column);

    /** What keeps the rows of a topic from being told apart by their key in a table; empty if nothing does. */
    List<String> keyProblems(TableName table, TableShape shape, List<TableShape.Column> key);

    /** Whether what is done to one of its rows may do something to other rows, or wait for them: foreign keys from or to it, triggers. As far as the login may see them. */
    boolean tied(Connection connection, TableName table) throws SQLException;

    RowWriter writer(Connection connection, TargetTable table);

    /** An INSERT with a parameter for each column that puts a row in the place of the one with the same key. */
    String upsert(TableName table, List<String> columns, List<String> key);

    /** An INSERT with a parameter for each column that does nothing when there is a row with the same key. */
    String insertIfAbsent(TableName table, List<String> columns);

    /** The name of a table of the connection's own beside another. */
    TableName mirror(TableName table);

    /** Makes it, empty, with the other's columns and key. */
    void makeMirror(Connection connection, TableName table, List<String> key) throws SQLException;

    /** A condition that is true where two values of a column are the same, NULL too, to the last digit and letter. */
    String same(String one, String other);

    /** Whether it may work again by itself: no connection, a server that restarts, a lock. */
    boolean passes(SQLException failure);

    /** The database's own words, without what only who wrote the statement can use. */
    String words(SQLException failure);

    /** What a person has to do about a failure that does not pass. */
    String advice(SQLException failure, Login login);
}
