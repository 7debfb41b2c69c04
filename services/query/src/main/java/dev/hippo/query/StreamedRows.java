// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;

/**
 * Tells the end of rows from their breaking off. DuckDB's driver gives rows while the query runs. Where it fails behind some, {@link ResultSet#next} says that there are no more, or throws
 * something that says nothing; only the export as Arrow looks whether it has failed, and why.
 */
final class StreamedRows {
    /** The thread that has failed is heard before long. */
    private static final int ATTEMPTS = 4;

    private StreamedRows() {}

    /**
     * Looks why there are no more rows.
     *
     * @param rows of which {@link ResultSet#next} has said that there are no more; to be used no further
     */
    static boolean ended(ResultSet rows) throws SQLException, IOException {
        try (BufferAllocator allocator = new RootAllocator();
                ArrowReader none = (ArrowReader) ((DuckDBResultSet) rows).arrowExportStream(allocator, 1)) {
            return none.bytesRead() == 0;
        } catch (SQLException e) {
            if (brokeOff(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Whether this is what is said of rows behind which the query has failed, and not why. */
    static boolean brokeOff(Exception e) {
        return String.valueOf(e.getMessage()).contains("Invalid result set") || isInterrupt(e);
    }

    /** Whether this is what one thread of a query is told when another has failed, or the query is cancelled. */
    private static boolean isInterrupt(Exception e) {
        return String.valueOf(e.getMessage()).contains("Interrupted!");
    }

    /** Why a query has broken off. Nobody has said it, so it runs again as Arrow, which does. */
    static IOException failure(Statement statement, String sql, long most) throws SQLException {
        IOException interrupt = new IOException("Interrupted!");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (ResultSet rows = statement.executeQuery(sql)) {
                ColumnAnswers.arrow(rows, most, OutputStream.nullOutputStream());
                return new IOException(
                        "the query broke off behind some rows, and did not when it was run again; ask again");
            } catch (IOException e) {
                if (!isInterrupt(e)) {
                    return e;
                }
                interrupt = e;
            } catch (SQLException e) {
                if (!isInterrupt(e)) {
                    throw e;
                }
                interrupt = new IOException(e);
            }
        }
        return interrupt;
    }
}
