// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.change.v1.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each change of a source's table is a row. */
final class LakeHistoryIT extends OnABroker {
    private int transactions;

    private static ByteString row(TestLake lake, String json) throws Exception {
        return ByteString.copyFrom(lake.contract().json().toBytes(json));
    }

    private byte @Nullable [] change(Op op, String table, int index, ChangeEvent.Builder images) {
        return images.setOp(op)
                .setTable(table)
                .setContract("shop.v1.Order")
                .setTransaction(
                        Transaction.newBuilder().setId("tx" + transactions).setIndex(index))
                .setCommittedAt(Timestamp.newBuilder().setSeconds(1_000).setNanos(5_000))
                .setCapturedAt(Timestamp.newBuilder().setSeconds(1_001))
                .build()
                .toByteArray();
    }

    @Test
    void aRowTellsWhatWasDone() throws Exception {
        TestLake lake =
                new TestLake(broker, folder).asHistoryOf("public.orders").with(ORDERS);
        ByteString one = row(lake, "{\"id\": \"a\", \"cents\": 1}");
        ByteString two = row(lake, "{\"id\": \"a\", \"cents\": 2}");
        ByteString key = row(lake, "{\"id\": \"a\"}");
        List<byte @Nullable []> changes = new ArrayList<>();
        changes.add(change(Op.READ, "public.orders", 0, ChangeEvent.newBuilder().setAfter(one)));
        changes.add(change(
                Op.UPDATE,
                "public.orders",
                1,
                ChangeEvent.newBuilder().setBefore(one).setAfter(two)));
        changes.add(
                change(Op.CREATE, "public.others", 2, ChangeEvent.newBuilder().setAfter(one)));
        changes.add(change(
                Op.DELETE,
                "public.orders",
                3,
                ChangeEvent.newBuilder().setBefore(two).setKey(key)));
        changes.add(
                change(Op.DELETE, "public.orders", 4, ChangeEvent.newBuilder().setKey(key)));
        changes.add(change(Op.TRUNCATE, "public.orders", 5, ChangeEvent.newBuilder()));
        changes.add(new byte[] {1, 2, 3});
        lake.sendBytes(0, changes);
        lake.land(5);
        assertThat(lake.query("""
                select concat_ws('/', coalesce(id, 'null'), coalesce(cents::text, 'null'), _op, _transaction, _order, epoch_us(_committed_at), epoch_us(_captured_at), _offset)
                from t order by _offset"""))
                .containsExactly(
                        "a/1/read/tx0/0/1000000005/1001000000/0",
                        "a/2/update/tx0/1/1000000005/1001000000/1",
                        "a/2/delete/tx0/3/1000000005/1001000000/3",
                        "a/0/delete/tx0/4/1000000005/1001000000/4",
                        "null/null/truncate/tx0/5/1000000005/1001000000/5");
        assertThat(lake.context().progress().rejected()).isEqualTo(1);
    }

    @Test
    void eachChangeIsThereOnceAcrossRestarts() throws Exception {
        TestLake lake =
                new TestLake(broker, folder).asHistoryOf("public.orders").with(ORDERS);
        for (int part = 0; part < 3; part++) {
            List<byte @Nullable []> changes = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                transactions++;
                changes.add(change(
                        i < 50 ? Op.CREATE : Op.UPDATE,
                        i % 4 == 3 ? "public.others" : "public.orders",
                        0,
                        ChangeEvent.newBuilder().setAfter(row(lake, "{\"id\": \"o" + i % 50 + "\", \"cents\": 1}"))));
            }
            lake.sendBytes(part * 400, changes);
            lake.restarted().land(300);
        }
        lake.restarted().land(0);
        assertThat(lake.query(
                        "select count(*) || '/' || count(distinct _transaction) || '/' || count(distinct id) from t"))
                .containsExactly("900/900/50");
        // every fourth change is another table's
        assertThat(lake.query("select id || '/' || count(*) from t where id in ('o6', 'o7') group by id order by id"))
                .containsExactly("o6/24", "o7/12");
    }
}
