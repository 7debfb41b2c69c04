// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.ByteString;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.change.v1.Position;
import dev.hippo.change.v1.Transaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Makes the changes of windows: number N of them ends at SCN N and is called {@code tN}. */
final class Changes {
    private Changes() {}

    static List<ChangeEvent> window(int number, String... tables) {
        return window("t" + number, number, tables);
    }

    static List<ChangeEvent> window(String id, int number, String... tables) {
        List<ChangeEvent> changes = new ArrayList<>();
        for (int i = 0; i < tables.length; i++) {
            Transaction.Builder transaction = Transaction.newBuilder().setId(id).setIndex(i);
            if (i == tables.length - 1) {
                transaction.setEnd(Position.newBuilder().setLog(log(number)));
            }
            changes.add(ChangeEvent.newBuilder()
                    .setOp(Op.UPDATE)
                    .setTable(tables[i])
                    .setTransaction(transaction)
                    .build());
        }
        return changes;
    }

    /** A window of updates of table {@code t}, a row for each key. */
    static List<ChangeEvent> rows(int number, String... keys) {
        List<ChangeEvent> changes = new ArrayList<>();
        for (ChangeEvent change :
                window(number, Collections.nCopies(keys.length, "t").toArray(String[]::new))) {
            changes.add(change.toBuilder()
                    .setKey(ByteString.copyFromUtf8(keys[changes.size()]))
                    .build());
        }
        return changes;
    }

    static Scn scn(int number) {
        return new Scn(0, log(number));
    }

    private static ByteString log(int number) {
        return ByteString.copyFrom(ByteBuffer.allocate(4).putInt(number).array());
    }
}
