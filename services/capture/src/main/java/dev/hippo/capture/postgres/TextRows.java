// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells rows whose values another reader of the log has read, as this package's own reader would. Not thread-safe. */
public final class TextRows implements AutoCloseable {
    /** Stands for a value that the log leaves out because it did not change. */
    private static final byte[] LEFT_OUT = {'u'};

    private static final String IDENTITY =
            "select c.relreplident::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relname = ?";

    /** Its commit brings the log to the disk. */
    private static final String MARK =
            "select pg_logical_emit_message(true, 'hippo', '') where pg_current_wal_flush_lsn() > ?::pg_lsn";

    private final Connections connections;
    private final Contracts contracts;
    private final Catalog catalog = new Catalog();
    private @Nullable Connection connection;

    /** Does not connect yet. */
    public TextRows(PostgresSettings settings, Contracts contracts) {
        this.connections = new Connections(settings);
        this.contracts = contracts;
    }

    /** Stands in a row for a value that the log leaves out because it did not change. */
    public static byte[] leftOut() {
        return LEFT_OUT;
    }

    /**
     * A version of a table.
     *
     * @param names of the columns that its rows have, in their order; columns that the table has not, or does not log, are passed over
     */
    public Version version(String schema, String name, List<String> names) throws SourceFailure {
        try {
            Connection open = open();
            Catalog.Described now = catalog.described(open, schema, name);
            List<Column> columns = new ArrayList<>();
            List<PgType> types = new ArrayList<>();
            int[] places = new int[names.size()];
            for (String column : names) {
                int at = indexOf(now.table(), column);
                if (at >= 0) {
                    places[columns.size()] = names.indexOf(column);
                    columns.add(now.table().columns().get(at));
                    types.add(now.types().get(at));
                }
            }
            SourceTable table =
                    new SourceTable(schema, name, columns, now.table().key());
            TableEncoder encoder = TableEncoder.of(table, types, contracts, this::current);
            return new Version(encoder, places, identity(open, schema, name).equals("f"));
        } catch (SQLException e) {
            throw Refusal.of("The types of " + schema + "." + name + " cannot be read", e);
        }
    }

    private static int indexOf(SourceTable table, String column) {
        for (int i = 0; i < table.columns().size(); i++) {
            if (table.columns().get(i).name().equals(column)) {
                return i;
            }
        }
        return -1;
    }

    private Connection open() throws SourceFailure, SQLException {
        Connection open = connection;
        if (open == null || !open.isValid(5)) {
            if (open != null) {
                connections.close(open);
            }
            open = connections.open();
            connection = open;
        }
        return open;
    }

    private static String identity(Connection open, String schema, String name) throws SQLException {
        try (PreparedStatement query = open.prepareStatement(IDENTITY)) {
            query.setString(1, schema);
            query.setString(2, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    /** Writes a word into the log if there is anything behind a place, so that a reader of the log comes to its end. */
    public void mark(long behind) throws SourceFailure {
        try (PreparedStatement mark = open().prepareStatement(MARK)) {
            mark.setString(1, Lsn.text(behind));
            mark.execute();
        } catch (SQLException e) {
            throw Refusal.of("The end of the log cannot be marked", e);
        }
    }

    private byte @Nullable [] current(SourceTable table, List<String> wanted, Map<String, String> key)
            throws SourceFailure {
        try {
            return CatalogRelations.current(open(), table, wanted, key);
        } catch (SQLException e) {
            throw Refusal.of("The large values of a row of " + table.fullName() + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    /** Tells the rows of a version of a table. The rows' values are given by their column's place, null for NULL. */
    public static final class Version {
        private final TableEncoder encoder;
        private final int[] places;
        private final boolean tellsAllOfBefore;
        private final Tuple before = new Tuple();
        private final Tuple row = new Tuple();

        private Version(TableEncoder encoder, int[] places, boolean tellsAllOfBefore) {
            this.encoder = encoder;
            this.places = places;
            this.tellsAllOfBefore = tellsAllOfBefore;
        }

        /** Its columns, as far as they are told. */
        public List<Column> columns() {
            return encoder.table().columns();
        }

        /** Where in the rows a column is. */
        public int place(int column) {
            return places[column];
        }

        public void insert(List<byte @Nullable []> after, ChangeListener to)
                throws SourceFailure, InterruptedException {
            row.read(message(after, null), 0);
            encoder.insert(row, to);
        }

        /** The row before is null if it is not told. */
        public void update(@Nullable List<byte @Nullable []> old, List<byte @Nullable []> after, ChangeListener to)
                throws SourceFailure, InterruptedException {
            byte[] message = message(after, old);
            int behind = row.read(message, 0);
            if (old == null) {
                encoder.update(null, false, row, to);
            } else {
                before.read(message, behind);
                encoder.update(before, tellsAllOfBefore, row, to);
            }
        }

        public void delete(List<byte @Nullable []> old, ChangeListener to) throws SourceFailure, InterruptedException {
            before.read(message(old, null), 0);
            encoder.delete(before, to);
        }

        public void truncate(ChangeListener to) throws InterruptedException {
            encoder.truncate(to);
        }
    }

    /** As the log has rows. */
    private static byte[] message(List<byte @Nullable []> first, @Nullable List<byte @Nullable []> second) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream message = new DataOutputStream(bytes)) {
            write(first, message);
            if (second != null) {
                write(second, message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(List<byte @Nullable []> row, DataOutputStream to) throws IOException {
        to.writeShort(row.size());
        for (byte[] value : row) {
            if (value == null) {
                to.writeByte('n');
            } else if (value == LEFT_OUT) {
                to.writeByte('u');
            } else {
                to.writeByte('t');
                to.writeInt(value.length);
                to.write(value);
            }
        }
    }
}
