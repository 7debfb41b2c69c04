// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A message's wire bytes as one value per field, without building the message. Thread-safe. */
final class MessageValues {
    private final List<FieldDescriptor> fields;
    private final FieldType[] types;
    private final int[] numbers;

    /**
     * @param nested whether the message is in a list or a map
     * @throws IllegalArgumentException if it has a field that is no column
     */
    MessageValues(Descriptor message, boolean nested) {
        this.fields = message.getFields();
        this.types = fields.stream().map(field -> FieldType.of(field, nested)).toArray(FieldType[]::new);
        this.numbers = fields.stream().mapToInt(FieldDescriptor::getNumber).toArray();
    }

    /** A map's entry: key and value are there even when their bytes are not. */
    static MessageValues entry(Descriptor entry) {
        MessageValues values = new MessageValues(entry, true);
        for (int i = 0; i < values.types.length; i++) {
            values.types[i] = FieldType.present(values.fields.get(i));
        }
        return values;
    }

    /** The first field's value: of a wrapper the only one. */
    @Nullable
    Object first(WireReader in) {
        return read(in)[0];
    }

    /** The columns, as in {@code CREATE TABLE}. */
    String columns() {
        return fields.stream()
                .map(field -> SqlTypes.quoted(field.getName()) + " " + types[field.getIndex()].sql())
                .collect(Collectors.joining(", "));
    }

    int size() {
        return types.length;
    }

    /**
     * Reads one message.
     *
     * @return by field: null when it is absent, an array for a message, a {@link List} or {@link Map}, else a boxed value
     * @throws MalformedWireException if the bytes are no such message
     */
    @Nullable
    Object[] read(WireReader in) {
        @Nullable Object[] values = new @Nullable Object[types.length];
        int guess = 0;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            int slot = slot(tag >>> 3, guess);
            if (slot < 0) {
                in.skipValue(tag);
                continue;
            }
            guess = slot + 1;
            take(slot, tag, in, values);
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Parts parts) {
                values[i] = types[i].value(parts.reader());
            } else if (values[i] == null) {
                values[i] = types[i].absent();
            }
        }
        return values;
    }

    /** Fields mostly come in the order of the contract. */
    private int slot(int number, int guess) {
        if (guess < numbers.length && numbers[guess] == number) {
            return guess;
        }
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == number) {
                return i;
            }
        }
        return -1;
    }

    private void take(int slot, int tag, WireReader in, @Nullable Object[] values) {
        FieldType type = types[slot];
        int wire = tag & 7;
        Object before = values[slot];
        if (type.entry() != null && wire == 2) {
            @Nullable Object[] entry = type.entry().read(in.inner());
            map(before, values, slot).put(entry[0], entry[1]);
        } else if (type.list() && wire == 2 && type.wire() != 2) {
            WireReader packed = in.inner();
            List<@Nullable Object> list = list(before, values, slot);
            while (!packed.atEnd()) {
                list.add(type.value(packed));
            }
        } else if (wire != type.wire()) {
            // not the field's wire type: protobuf keeps it as an unknown field
            in.skipValue(tag);
        } else if (type.list()) {
            list(before, values, slot).add(type.message() ? type.value(in.inner()) : type.value(in));
        } else if (type.message()) {
            int length = in.length();
            values[slot] = new Parts(in.array(), in.position(), length, before instanceof Parts first ? first : null);
            in.skip(length);
        } else {
            values[slot] = type.value(in);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<@Nullable Object> list(@Nullable Object before, @Nullable Object[] values, int slot) {
        if (before == null) {
            List<@Nullable Object> list = new ArrayList<>();
            values[slot] = list;
            return list;
        }
        return (List<@Nullable Object>) before;
    }

    @SuppressWarnings("unchecked")
    private static Map<@Nullable Object, @Nullable Object> map(
            @Nullable Object before, @Nullable Object[] values, int slot) {
        if (before == null) {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            values[slot] = map;
            return map;
        }
        return (Map<@Nullable Object, @Nullable Object>) before;
    }

    /** A message field's bytes; what comes in several parts is the message of all their bytes, one behind the other. */
    private record Parts(
            byte[] array, int from, int length, @Nullable Parts before) {
        WireReader reader() {
            if (before == null) {
                return new WireReader(array, from, length);
            }
            byte[] all = bytes();
            return new WireReader(all, 0, all.length);
        }

        private byte[] bytes() {
            byte[] first = before == null ? new byte[0] : before.bytes();
            byte[] all = Arrays.copyOf(first, first.length + length);
            System.arraycopy(array, from, all, first.length, length);
            return all;
        }
    }
}
