// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** The tables of a source in memory: what is taken from an account is in an order, so that the sum over both is always the same. */
final class SourceBank {
    private static final int ACCOUNTS = 200;
    private static final long CENTS = 1_000_00;

    private final WholePipeline pipeline;
    private final Random random = new Random(5);
    private final Map<Long, Long> balances = new TreeMap<>();
    private final Map<Long, Long> amounts = new TreeMap<>();
    private long number;

    SourceBank(WholePipeline pipeline) {
        this.pipeline = pipeline;
        for (long id = 1; id <= ACCOUNTS; id++) {
            balances.put(id, CENTS);
        }
    }

    /** Of all money, as a database writes it. */
    static String total() {
        return money(ACCOUNTS * CENTS);
    }

    private static String money(long cents) {
        return cents / 100 + "." + (cents % 100 < 10 ? "0" : "") + cents % 100;
    }

    void snapshot() {
        List<ChangeEvent.Builder> rows = new ArrayList<>();
        balances.forEach((id, cents) -> rows.add(account(Op.READ, id)));
        pipeline.tell("snapshot", true, rows);
    }

    private ChangeEvent.Builder account(Op op, long id) {
        return pipeline.account(op, id, "owner " + id, money(balances.getOrDefault(id, 0L)));
    }

    private ChangeEvent.Builder order(Op op, long id, String note) {
        return pipeline.order(op, id, money(amounts.getOrDefault(id, 0L)), note);
    }

    /** A transaction of a few changes of both tables. */
    void transaction() {
        List<ChangeEvent.Builder> changes = new ArrayList<>();
        long from = 1L + random.nextInt(ACCOUNTS);
        int what = random.nextInt(10);
        if (what < 6 || amounts.isEmpty()) {
            long cents = 1L + random.nextInt(500);
            take(from, cents, changes);
            amounts.put(++number, cents);
            changes.add(order(Op.CREATE, number, "of " + from));
        } else if (what < 9) {
            // back to another account than it came from
            long order = new ArrayList<>(amounts.keySet()).get(random.nextInt(amounts.size()));
            changes.add(order(Op.DELETE, order, ""));
            take(from, -amounts.remove(order), changes);
        } else {
            long to = 1L + random.nextInt(ACCOUNTS);
            take(from, 100, changes);
            take(to, -100, changes);
            changes.add(pipeline.account(Op.CREATE, "others", ++number, "nobody's business", "7"));
        }
        pipeline.tell("t" + number + "." + random.nextLong(), true, changes);
    }

    private void take(long account, long cents, List<ChangeEvent.Builder> changes) {
        balances.merge(account, -cents, Long::sum);
        changes.add(account(Op.UPDATE, account));
    }

    /** All orders away at once, and the money to the first account. */
    void emptyOrders() {
        List<ChangeEvent.Builder> changes = new ArrayList<>();
        changes.add(order(Op.TRUNCATE, 0, ""));
        take(1, -amounts.values().stream().mapToLong(cents -> cents).sum(), changes);
        amounts.clear();
        pipeline.tell("empty", true, changes);
    }

    /** So many orders in one transaction, which the first account pays before all of them. */
    void largeTransaction(int orders, int noteLength) {
        List<ChangeEvent.Builder> changes = new ArrayList<>();
        take(1, orders, changes);
        for (int i = 0; i < orders; i++) {
            amounts.put(++number, 1L);
            changes.add(order(Op.CREATE, number, note(noteLength)));
            if (changes.size() == 1_000 || i == orders - 1) {
                pipeline.tell("large", i == orders - 1, changes);
                changes.clear();
            }
        }
    }

    private String note(int length) {
        StringBuilder note = new StringBuilder();
        while (note.length() < length) {
            note.append(Long.toString(random.nextLong(), 36));
        }
        return note.substring(0, length);
    }

    Map<String, String> accounts() {
        Map<String, String> rows = new TreeMap<>();
        balances.forEach((id, cents) -> rows.put(Long.toString(id), "owner " + id + "|" + money(cents)));
        return rows;
    }

    Map<String, String> orders() {
        Map<String, String> rows = new TreeMap<>();
        amounts.forEach((id, cents) -> rows.put(Long.toString(id), money(cents)));
        return rows;
    }
}
