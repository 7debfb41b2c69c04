// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.TimeReader;
import dev.hippo.pipeline.PartitionColumn;
import dev.hippo.pipeline.PartitionColumn.Transform;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One partition column: its name, its type, and how its value is read from an event's wire bytes. Times are cut in UTC. Not thread-safe. */
final class PartitionSource {
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("uuuu-MM", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long HOUR_MILLIS = 3_600_000;

    private final PartitionColumn column;
    private final DataType type;
    private final @Nullable KeyReader plain;
    private final @Nullable TimeReader time;
    private long lastHour = Long.MIN_VALUE;
    private String lastText = "";

    /**
     * A source for one column.
     *
     * @throws IllegalArgumentException if the field does not fit the transform
     */
    PartitionSource(PartitionColumn column, Contract contract, StructType contractSchema) {
        this.column = column;
        boolean identity = column.transform() == Transform.IDENTITY;
        if (contractSchema.indexOf(column.name()) >= 0
                && !(identity && column.name().equals(column.field()))) {
            throw new IllegalArgumentException("the contract has a field '" + column.name()
                    + "' of its own, so the partition column from '" + column.field() + "' needs another name");
        }
        this.plain = identity ? contract.key(column.field()) : null;
        this.time = identity ? null : contract.time(column.field());
        this.type = switch (column.transform()) {
            case DAY -> DateType.DATE;
            case HOUR, MONTH -> StringType.STRING;
            case IDENTITY ->
                contractSchema.fields().stream()
                        .filter(field -> field.getName().equals(column.field()))
                        .map(StructField::getDataType)
                        .findFirst()
                        .orElse(StringType.STRING);
        };
        if (type instanceof BinaryType) {
            throw new IllegalArgumentException("field '" + column.field()
                    + "' is bytes and cannot be a partition column; use a string, integer, bool, enum or time field");
        }
    }

    String name() {
        return column.name();
    }

    /** The field that it is read from. */
    String field() {
        return column.field();
    }

    DataType type() {
        return type;
    }

    /** Whether the column is a field of the contract, and not one beside them. */
    boolean isContractField(StructType contractSchema) {
        return contractSchema.fieldNames().contains(column.name());
    }

    /** The value for one event. */
    String read(byte[] event) {
        if (plain != null) {
            return new String(plain.read(event, 0, event.length), StandardCharsets.UTF_8);
        }
        long millis = java.util.Objects.requireNonNull(time).readMillis(event, 0, event.length);
        long hour = Math.floorDiv(millis, HOUR_MILLIS);
        if (hour != lastHour) {
            lastHour = hour;
            Instant at = Instant.ofEpochMilli(millis);
            lastText = switch (column.transform()) {
                case DAY -> LocalDate.ofInstant(at, ZoneOffset.UTC).toString();
                case HOUR -> HOUR.format(at);
                default -> MONTH.format(at);
            };
        }
        return lastText;
    }
}
