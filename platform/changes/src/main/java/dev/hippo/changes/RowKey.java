// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.change.v1.ChangeEvent;

/** Which row a change is of; for a table without a key: of which table. */
record RowKey(String table, ByteString key) {
    static RowKey of(ChangeEvent change) {
        return new RowKey(change.getTable(), change.getKey());
    }

    static RowKey of(ParkedRow row) {
        return new RowKey(row.table(), row.key());
    }

    /** As the key of a record: a change of which nothing else is known. */
    byte[] toBytes() {
        return ChangeEvent.newBuilder().setTable(table).setKey(key).build().toByteArray();
    }

    /** Reads what {@link #toBytes} wrote. */
    static RowKey fromBytes(byte[] bytes) throws InvalidProtocolBufferException {
        return of(ChangeEvent.parseFrom(bytes));
    }
}
