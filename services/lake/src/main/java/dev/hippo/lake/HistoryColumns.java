// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.google.protobuf.Timestamp;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.lake.columns.BytesColumn;
import dev.hippo.lake.columns.Column;
import dev.hippo.lake.columns.LongColumn;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What a change was, as columns beside the row: what was done, in which transaction, when, and where the topic has it. Not thread-safe. */
final class HistoryColumns implements SideColumns {
    static final List<StructField> FIELDS = List.of(
            new StructField("_op", StringType.STRING, true),
            new StructField("_transaction", StringType.STRING, true),
            new StructField("_order", LongType.LONG, true),
            new StructField("_committed_at", TimestampType.TIMESTAMP, true),
            new StructField("_captured_at", TimestampType.TIMESTAMP, true),
            new StructField("_offset", LongType.LONG, true));

    private final BytesColumn op = new BytesColumn(StringType.STRING);
    private final BytesColumn transaction = new BytesColumn(StringType.STRING);
    private final LongColumn order = new LongColumn(LongType.LONG);
    private final LongColumn committedAt = new LongColumn(TimestampType.TIMESTAMP);
    private final LongColumn capturedAt = new LongColumn(TimestampType.TIMESTAMP);
    private final LongColumn offset = new LongColumn(LongType.LONG);
    private final List<Column> columns = List.of(op, transaction, order, committedAt, capturedAt, offset);

    void append(ChangeEvent change, long place) {
        op.append(word(change.getOp()).getBytes(StandardCharsets.UTF_8));
        transaction.append(change.getTransaction().getId().getBytes(StandardCharsets.UTF_8));
        order.append(change.getTransaction().getIndex());
        append(committedAt, change.hasCommittedAt(), change.getCommittedAt());
        append(capturedAt, change.hasCapturedAt(), change.getCapturedAt());
        offset.append(place);
    }

    private static String word(Op op) {
        return op.name().toLowerCase(Locale.ROOT);
    }

    private static void append(LongColumn column, boolean isThere, Timestamp time) {
        if (isThere) {
            column.append(time.getSeconds() * 1_000_000 + time.getNanos() / 1_000);
        } else {
            column.appendNull();
        }
    }

    @Override
    public List<StructField> fields() {
        return FIELDS;
    }

    @Override
    public List<Column> values() {
        return columns;
    }
}
