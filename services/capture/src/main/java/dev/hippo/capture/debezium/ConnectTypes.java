// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
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
            Map.entry("io.debezium.data.Bits", ColumnType.UINT64));

    private ConnectTypes() {}

    /** Null if no contract can tell it. */
    static @Nullable Column column(String name, Schema schema) {
        ColumnType type = schema.name() == null ? null : NAMED.get(schema.name());
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
        return type == null ? null : new Column(name, type, false, schema.isOptional(), "");
    }
}
