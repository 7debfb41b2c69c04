// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads some rows of a table in the order of its key, in a transaction that has begun. Used once. */
final class TableChunk {
    private final Connection connection;
    private final Catalog.Described described;
    private final SourceTable table;
    private final TableEncoder encoder;

    TableChunk(Connection connection, Catalog.Described described, Contracts contracts) throws SourceFailure {
        this.connection = connection;
        this.described = described;
        this.table = described.table();
        if (table.key().isEmpty()) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "Table " + table.fullName()
                            + " has no key, so there is no order in which its rows could be read in parts; give it a primary key");
        }
        this.encoder = TableEncoder.of(table, described.types(), contracts, (of, columns, key) -> null);
    }

    Chunk read(KeyRange range, int most, Position at, Instant takenAt) throws SourceFailure, SQLException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + question(range, most) + ") TO STDOUT");
        List<RowChange> rows = new ArrayList<>();
        Tuple row = new Tuple();
        for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
            row.readLine(line);
            rows.add(encoder.read(row));
        }
        return new Chunk(at, takenAt, rows, rows.isEmpty() ? Map.of() : key(row), rows.size() < most);
    }

    private String question(KeyRange range, int most) throws SourceFailure {
        List<String> conditions = new ArrayList<>();
        if (!range.from().isEmpty()) {
            conditions.add(key() + (range.behind() ? " > " : " >= ") + values(range.from()));
        }
        if (!range.to().isEmpty()) {
            conditions.add(key() + " <= " + values(range.to()));
        }
        return "SELECT "
                + quoted(table.columns().stream().map(SourceTable.Column::name).toList()) + " FROM "
                + described.rows()
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
                + " ORDER BY " + quoted(table.key()) + " LIMIT " + most;
    }

    private static String quoted(List<String> names) {
        return names.stream().map(Names::quoted).collect(Collectors.joining(", "));
    }

    private String key() {
        return "(" + quoted(table.key()) + ")";
    }

    private String values(Map<String, String> of) throws SourceFailure {
        List<String> values = new ArrayList<>();
        for (String column : table.key()) {
            String value = of.get(column);
            if (value == null) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "The key of " + table.fullName() + " is " + String.join(", ", table.key()) + ", and a bound of "
                                + String.join(", ", of.keySet()) + " is none of it");
            }
            values.add(Names.literal(value));
        }
        return "(" + String.join(", ", values) + ")";
    }

    private Map<String, String> key(Tuple row) {
        List<String> names =
                table.columns().stream().map(SourceTable.Column::name).toList();
        Map<String, String> key = new HashMap<>();
        for (String column : table.key()) {
            int at = names.indexOf(column);
            key.put(column, new String(row.bytes(), row.from(at), row.to(at) - row.from(at), StandardCharsets.UTF_8));
        }
        return key;
    }
}
