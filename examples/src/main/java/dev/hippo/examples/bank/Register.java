// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Which accounts are open, and how many customers there are: what those who work at the bank have to agree about. Thread-safe. */
final class Register {
    private final List<Long> open = new ArrayList<>();
    private long lastAccount;
    private long customers;

    Register(long firstAccount, long lastAccount, long customers) {
        for (long account = firstAccount; account <= lastAccount; account++) {
            open.add(account);
        }
        this.lastAccount = lastAccount;
        this.customers = customers;
    }

    /** A number that no account has had yet. */
    synchronized long newAccount() {
        return ++lastAccount;
    }

    synchronized void opened(long account) {
        open.add(account);
    }

    /** Some of the open accounts, none twice; another may close one before it is looked at. */
    synchronized Set<Long> some(int count, Random random) {
        Set<Long> some = new LinkedHashSet<>();
        while (some.size() < Math.min(count, open.size())) {
            some.add(open.get(random.nextInt(open.size())));
        }
        return some;
    }

    /** An account to close, which nobody gets from here any more. */
    synchronized long closing(Random random) {
        return open.remove(random.nextInt(open.size()));
    }

    synchronized long anyCustomer(Random random) {
        return 1 + random.nextLong(customers);
    }

    synchronized long customers() {
        return customers;
    }

    /** A customer with the next number is there. */
    synchronized void joined() {
        customers++;
    }
}
