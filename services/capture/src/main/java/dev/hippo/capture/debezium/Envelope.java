// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.time.Instant;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A row's change as a connector tells it. Immutable.
 *
 * @param value all of it
 * @param source where it is from
 */
record Envelope(Struct value, Struct source) {
    private static final int MICROS_A_SECOND = 1_000_000;
    private static final long NANOS_A_MICRO = 1_000;

    /** Null for what is no change of a row; words that an application has written into the log are none. */
    static @Nullable Envelope of(Struct value) {
        boolean change = value.schema().field("op") != null
                && value.schema().field("source") != null
                && !"m".equals(value.getString("op"));
        return change ? new Envelope(value, value.getStruct("source")) : null;
    }

    /** What was done: c, r, u, d or t. */
    String op() {
        return value.getString("op");
    }

    /** The form of the rows. */
    Schema row() {
        return value.schema().field("after").schema();
    }

    /** The transaction that it is counted to; null if the connector knows of none. */
    @Nullable
    String transaction() {
        Struct block = struct("transaction");
        String id = block == null ? null : block.getString("id");
        return id == null ? Database.text(source, "gtid") : id;
    }

    /** Whether the connector counts it to a transaction whose end it tells. */
    boolean isInTransaction() {
        return struct("transaction") != null;
    }

    Instant committedAt() {
        if (source.schema().field("ts_us") != null && source.getInt64("ts_us") != null) {
            long micros = source.getInt64("ts_us");
            return Instant.ofEpochSecond(
                    Math.floorDiv(micros, MICROS_A_SECOND), Math.floorMod(micros, MICROS_A_SECOND) * NANOS_A_MICRO);
        }
        Long millis = source.schema().field("ts_ms") == null ? null : source.getInt64("ts_ms");
        return millis == null ? Instant.EPOCH : Instant.ofEpochMilli(millis);
    }

    /** Tells it. */
    void tell(TableRows rows, ChangeListener to) throws SourceFailure, InterruptedException {
        switch (op()) {
            case "c", "r" -> rows.insert(present("after"), to);
            case "u" -> rows.update(struct("before"), present("after"), to);
            case "d" -> rows.delete(present("before"), to);
            case "t" -> rows.truncate(to);
            default ->
                throw new SourceFailure(Kind.SETTING, "the connector tells an operation '" + op() + "', which is none");
        }
    }

    private @Nullable Struct struct(String field) {
        return value.schema().field(field) == null ? null : value.getStruct(field);
    }

    private Struct present(String field) throws SourceFailure {
        Struct row = struct(field);
        if (row == null) {
            throw new SourceFailure(
                    Kind.SETTING, "the connector tells a change '" + op() + "' without its row; give the table a key");
        }
        return row;
    }
}
