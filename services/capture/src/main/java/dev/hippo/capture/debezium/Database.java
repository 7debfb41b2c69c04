// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** What one kind of database wants of the connector that reads it, and how what that tells is understood. Used by the thread that reads. */
interface Database extends AutoCloseable {
    /** The connector's class. */
    String connector();

    /** The connector's own settings, without those that all have. */
    Map<String, String> properties(List<SourceTable> tables) throws SourceFailure;

    /**
     * Makes ready for the connector.
     *
     * @throws SourceFailure if the log does not reach back to the position, or something has to be set first
     */
    void prepare(Position from) throws SourceFailure;

    /** The position as our own reader of that database has it. */
    default Position own(Position position) {
        return position;
    }

    /** Whether the connector has to read the first rows itself, because it knows the log only from there. */
    boolean snapshotsByConnector();

    /** Why the values of a column cannot be told as they are; empty if they can. */
    Optional<String> loss(Column column);

    /** Where the connector is to go on, in its own words. */
    Map<String, Object> offset(Position from) throws SourceFailure;

    /**
     * The position of a place that the connector has told.
     *
     * @param whole whether a transaction has come before it that is whole there
     * @param before the position that was told last
     */
    Position position(Map<String, ?> offset, boolean whole, Position before) throws SourceFailure;

    /** What the connector takes for "stored up to here"; empty if it need not know. */
    Map<String, Object> forget(Position upTo);

    /** Nothing has come for a while behind a position: whatever lets the connector tell of a later one may be done. */
    default void idle(Position told) throws SourceFailure {}

    /** Whether a TRUNCATE is a transaction of its own, whose end the connector does not tell. */
    default boolean truncatesAlone() {
        return false;
    }

    /** The transaction's name in the database's own words. */
    default String transaction(String id) {
        return id;
    }

    /**
     * Tells the rows of a table that have such a form.
     *
     * @param source which table
     * @param key the form of its key; null if it has none
     */
    TableRows rows(Struct source, @Nullable Schema key, Schema row) throws SourceFailure;

    /** What else may be done when the connector cannot go on. */
    default String advice() {
        return "The native reader may read what it cannot";
    }

    /** The patterns that match these tables alone. */
    static String includeList(List<SourceTable> tables) {
        // the list is parted by commas before its patterns are read
        return tables.stream()
                .map(table -> Pattern.quote(table.fullName()).replace(",", "\\E\\x2C\\Q"))
                .collect(Collectors.joining(","));
    }

    /** What is lost of a moment where first rows are read in the time zone of this process; empty in UTC, and for other values. */
    static Optional<String> momentLoss(Column column) {
        ZoneId here = ZoneId.systemDefault();
        return column.type() != ColumnType.INSTANT || here.getRules().equals(ZoneOffset.UTC.getRules())
                ? Optional.empty()
                : Optional.of("Debezium reads the moments of the first rows in the time zone of this process, which is "
                        + here + " and would have to be UTC (JAVA_TOOL_OPTIONS=-Duser.timezone=UTC)");
    }

    static @Nullable String text(Struct source, String field) {
        return source.schema().field(field) == null ? null : source.getString(field);
    }

    @Override
    void close();
}
