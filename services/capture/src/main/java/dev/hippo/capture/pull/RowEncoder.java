// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Writes scanned rows as messages of the contract. A value that does not fit ends the scan. Not thread-safe. */
final class RowEncoder {
    private static final int INT_BITS = 32;
    private static final int LONG_BITS = 64;

    private final SourceTable table;
    private final List<Column> columns;
    private final ImageWriter image;
    private final LongFunction<String> describe;

    /** @param describe a row's place in words */
    RowEncoder(SourceTable table, Descriptor contract, LongFunction<String> describe) {
        this.table = table;
        this.columns = table.columns();
        this.image = new ImageWriter(ContractMapping.of(table, contract));
        this.describe = describe;
    }

    /**
     * The message of a row.
     *
     * @param values by the contract's fields
     * @throws SourceFailure if one does not fit, or the key is not whole, with the row's place and the field
     */
    byte[] encode(long place, @Nullable Object[] values) throws SourceFailure {
        image.begin();
        for (int i = 0; i < values.length; i++) {
            Column column = columns.get(i);
            Object value = values[i];
            if (value == null) {
                if (table.key().contains(column.name())) {
                    throw failure(place, column, "has no value, and is of the key");
                }
                continue;
            }
            try {
                if (column.list()) {
                    for (Object element : list(value)) {
                        put(i, column, element);
                    }
                } else {
                    put(i, column, value);
                }
            } catch (UnfitValue e) {
                throw failure(place, column, "is " + column.declared() + ", and " + e.getMessage());
            }
        }
        return image.end();
    }

    private static Collection<? extends @Nullable Object> list(Object value) throws UnfitValue {
        if (value instanceof Collection<?> list) {
            return list;
        }
        if (value instanceof Object[] list) {
            return Arrays.asList(list);
        }
        throw new UnfitValue(value, "is no list");
    }

    private void put(int at, Column column, @Nullable Object value) throws UnfitValue {
        if (value == null) {
            throw new UnfitValue("a list", "with an element that has no value cannot be told");
        }
        if (value instanceof Collection || value instanceof Object[]) {
            throw new UnfitValue(value, column.list() ? "is a list in a list" : "is a list; make the field repeated");
        }
        switch (column.type()) {
            case BOOL -> image.putBool(at, Values.bool(value));
            case INT32 -> image.putLong(at, Values.whole(value, INT_BITS, true));
            case UINT32 -> image.putLong(at, Values.whole(value, INT_BITS, false));
            case INT64 -> image.putLong(at, Values.whole(value, LONG_BITS, true));
            case UINT64 -> image.putLong(at, Values.whole(value, LONG_BITS, false));
            case FLOAT -> image.putDouble(at, Values.real(value, true));
            case DOUBLE -> image.putDouble(at, Values.real(value, false));
            case BYTES -> putBytes(at, Values.bytes(value));
            case INSTANT -> {
                Instant moment = Values.instant(value);
                image.putInstant(at, moment.getEpochSecond(), moment.getNano());
            }
            default -> putBytes(at, Values.text(value));
        }
    }

    private void putBytes(int at, byte[] bytes) {
        image.putBytes(at, bytes, 0, bytes.length);
    }

    private SourceFailure failure(long place, Column column, String why) {
        return new SourceFailure(
                Kind.PASSING,
                describe.apply(place) + ": field '" + column.name() + "' " + why + "; nothing of this scan is told");
    }
}
