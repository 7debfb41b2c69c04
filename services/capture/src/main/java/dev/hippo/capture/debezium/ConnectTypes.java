// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/** What the values of a connector are in a contract. */
final class ConnectTypes {
    private static final Map<String, ColumnType> NAMED = Map.ofEntries(
            Map.entry("io.debezium.time.Date", ColumnType.DATE),
            Map.entry("io.debezium.time.Time", ColumnType.TIME),
            Map.entry("io.debezium.time.MicroTime", ColumnType.TIME),
            Map.entry("io.debezium.time.NanoTime", ColumnType.TIME),
            Map.entry("io.debezium.time.Timestamp", ColumnType.LOCAL_DATE_TIME),
            Map.entry("io.debezium.time.MicroTimestamp", ColumnType.LOCAL_DATE_TIME),
            Map.entry("io.debezium.time.NanoTimestamp", ColumnType.LOCAL_DATE_TIME),
            Map.entry("io.debezium.time.ZonedTimestamp", ColumnType.INSTANT),
            Map.entry("io.debezium.time.ZonedTime", ColumnType.ZONED_TIME),
            Map.entry("io.debezium.time.Interval", ColumnType.INTERVAL),
            Map.entry("io.debezium.data.Json", ColumnType.JSON),
            Map.entry("io.debezium.data.Uuid", ColumnType.UUID),
            Map.entry("io.debezium.data.Enum", ColumnType.ENUM),
            Map.entry("io.debezium.data.EnumSet", ColumnType.SET),
            Map.entry("io.debezium.data.Bits", ColumnType.UINT64),
            Map.entry(Decimal.LOGICAL_NAME, ColumnType.DECIMAL),
            Map.entry(Date.LOGICAL_NAME, ColumnType.DATE),
            Map.entry(Time.LOGICAL_NAME, ColumnType.TIME),
            Map.entry(Timestamp.LOGICAL_NAME, ColumnType.LOCAL_DATE_TIME));

    /** By which a connector that is asked to tells the type in the database's own words. */
    private static final String DECLARED = "__debezium.source.column.type";

    /** More bits are no number. */
    private static final int MOST_BITS = 64;

    private ConnectTypes() {}

    /** Null if no contract can tell it. */
    static @Nullable Column column(String name, Schema schema) {
        return column(name, schema, false);
    }

    /** The same, lists of such values too. */
    static @Nullable Column columnOrList(String name, Schema schema) {
        return schema.type() == Schema.Type.ARRAY
                ? column(name, schema.valueSchema(), true)
                : column(name, schema, false);
    }

    /** What a column is, for people. */
    static String declared(Schema schema) {
        String declared =
                schema.parameters() == null ? null : schema.parameters().get(DECLARED);
        return declared == null ? schema.type() + (schema.name() == null ? "" : " " + schema.name()) : declared;
    }

    private static @Nullable Column column(String name, Schema schema, boolean list) {
        ColumnType type = schema.name() == null ? null : NAMED.get(schema.name());
        if (type == ColumnType.UINT64 && bits(schema) > MOST_BITS) {
            type = ColumnType.BYTES;
        }
        if (type == null) {
            type = switch (schema.type()) {
                case BOOLEAN -> ColumnType.BOOL;
                case INT8, INT16, INT32 -> ColumnType.INT32;
                case INT64 -> ColumnType.INT64;
                case FLOAT32 -> ColumnType.FLOAT;
                case FLOAT64 -> ColumnType.DOUBLE;
                case STRING -> ColumnType.TEXT;
                case BYTES -> ColumnType.BYTES;
                case ARRAY, MAP, STRUCT -> null;
            };
        }
        return type == null ? null : new Column(name, type, list, schema.isOptional(), "");
    }

    private static int bits(Schema schema) {
        String length = schema.parameters() == null ? null : schema.parameters().get("length");
        return length == null ? 0 : Integer.parseInt(length);
    }
}
