// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import dev.hippo.query.Answers.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.duckdb.DuckDBResultSet;

/** Writes rows for programs, column by column: Arrow and Parquet. */
final class ColumnAnswers {
    private static final long BATCH_ROWS = 4_096;

    private ColumnAnswers() {}

    static Outcome arrow(ResultSet rows, long most, OutputStream out) throws SQLException, IOException {
        long count = 0;
        boolean more = false;
        try (BufferAllocator allocator = new RootAllocator();
                ArrowReader reader = (ArrowReader) ((DuckDBResultSet) rows).arrowExportStream(allocator, BATCH_ROWS)) {
            VectorSchemaRoot batch = reader.getVectorSchemaRoot();
            try (ArrowStreamWriter writer = new ArrowStreamWriter(batch, reader, out)) {
                writer.start();
                while (!more && reader.loadNextBatch()) {
                    if (count + batch.getRowCount() > most) {
                        more = true;
                        batch.setRowCount((int) (most - count));
                    }
                    count += batch.getRowCount();
                    writer.writeBatch();
                }
                writer.end();
            }
        }
        return new Outcome(count, more);
    }

    static Outcome parquet(Statement statement, String sql, Path scratch, long most, OutputStream out)
            throws SQLException, IOException {
        // as a view the statement keeps its comments and its semicolon to itself
        statement.execute("CREATE TEMP VIEW _hippo_answer AS " + sql);
        Path file = scratch.resolve("answer.parquet");
        long count = copy(statement, "_hippo_answer", most == Long.MAX_VALUE ? most : most + 1, file);
        boolean more = count > most;
        if (more) {
            Path whole = file;
            file = scratch.resolve("cut.parquet");
            count = copy(statement, "read_parquet(" + SqlTypes.text(whole.toString()) + ")", most, file);
        }
        Files.copy(file, out);
        return new Outcome(count, more);
    }

    private static long copy(Statement statement, String from, long most, Path file) throws SQLException {
        return statement.executeUpdate("COPY (SELECT * FROM " + from + " LIMIT " + most + ") TO "
                + SqlTypes.text(file.toString()) + " (FORMAT parquet)");
    }
}
