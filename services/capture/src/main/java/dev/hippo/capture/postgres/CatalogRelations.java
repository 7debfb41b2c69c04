// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Adds to what the log tells of a table what only the catalog has: the types behind oids, what may be null, the order of the key. Not thread-safe. */
final class CatalogRelations implements Relations, AutoCloseable {
    private static final String NO_COLUMN = "42703";
    private static final String NO_TABLE = "42P01";

    private final Connections connections;
    private final Catalog catalog;
    private final List<TablePattern> patterns;
    private final Contracts contracts;
    private Connection connection;

    /** Takes the connection over; makes another if it does not live any more. */
    CatalogRelations(
            Connections connections,
            Connection connection,
            Catalog catalog,
            List<TablePattern> patterns,
            Contracts contracts) {
        this.connections = connections;
        this.connection = connection;
        this.catalog = catalog;
        this.patterns = patterns;
        this.contracts = contracts;
    }

    @Override
    public @Nullable TableEncoder encoder(RelationMessage relation) throws SourceFailure {
        if (patterns.stream().noneMatch(pattern -> pattern.matches(relation.schema(), relation.name()))) {
            return null;
        }
        try {
            if (!connection.isValid(5)) {
                connections.close(connection);
                connection = connections.open();
            }
            return read(relation);
        } catch (SQLException e) {
            throw Refusal.of("The types of " + relation.schema() + "." + relation.name() + " cannot be read", e);
        }
    }

    private TableEncoder read(RelationMessage relation) throws SQLException, SourceFailure {
        SourceTable now = catalog.now(connection, relation.schema(), relation.name());
        Map<String, Column> known = new HashMap<>();
        now.columns().forEach(column -> known.put(column.name(), column));
        List<Column> columns = new ArrayList<>();
        List<PgType> types = new ArrayList<>();
        for (RelationMessage.Column column : relation.columns()) {
            String declared = Catalog.declared(connection, column.type(), column.modifier());
            TypeCatalog.Told told = catalog.types().type(connection, column.type());
            PgType type = told.type();
            if (type == null) {
                throw new SourceFailure(
                        Kind.SETTING, Catalog.untellable(now.fullName(), column.name(), declared, told.problem()));
            }
            Column present = known.get(column.name());
            types.add(type);
            columns.add(new Column(
                    column.name(), type.type(), type.list(), present == null || present.nullable(), declared));
        }
        SourceTable table = new SourceTable(relation.schema(), relation.name(), columns, key(relation, now.key()));
        return TableEncoder.of(table, types, contracts, this::current);
    }

    private byte @Nullable [] current(SourceTable table, List<String> wanted, Map<String, String> key)
            throws SourceFailure {
        try {
            return current(connection, table, wanted, key);
        } catch (SQLException e) {
            throw Refusal.of("The large values of a row of " + table.fullName() + " cannot be read", e);
        }
    }

    /** Some columns of a row as they are now; null if the row, the table or one of the columns is not there any more. */
    static byte @Nullable [] current(
            Connection connection, SourceTable table, List<String> wanted, Map<String, String> key)
            throws SQLException {
        String columns = wanted.stream().map(Names::quoted).collect(Collectors.joining(", "));
        String row = key.entrySet().stream()
                .map(column -> Names.quoted(column.getKey()) + " = " + Names.literal(column.getValue()))
                .collect(Collectors.joining(" AND "));
        try {
            CopyOut copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT " + columns + " FROM " + Names.quoted(table) + " WHERE " + row
                            + ") TO STDOUT");
            byte[] line = copy.readFromCopy();
            for (byte[] next = line; next != null; next = copy.readFromCopy()) {
                // a key has one row; the end has to be read
                line = next;
            }
            return line;
        } catch (SQLException e) {
            if (NO_COLUMN.equals(e.getSQLState()) || NO_TABLE.equals(e.getSQLState())) {
                return null;
            }
            throw e;
        }
    }

    /** The log marks the key where it tells old rows by it, and else every column. */
    private static List<String> key(RelationMessage relation, List<String> now) {
        List<String> all =
                relation.columns().stream().map(RelationMessage.Column::name).toList();
        if (relation.identity() == 'f' || relation.identity() == 'n') {
            return all.containsAll(now) ? now : List.of();
        }
        List<String> marked = relation.columns().stream()
                .filter(RelationMessage.Column::key)
                .map(RelationMessage.Column::name)
                .toList();
        return new HashSet<>(marked).equals(new HashSet<>(now)) ? now : marked;
    }

    @Override
    public void close() {
        connections.close(connection);
    }
}
