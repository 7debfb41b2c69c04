// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** Moves money between accounts, opens some and closes some. No transaction makes money or loses any. */
final class Teller implements Worker {
    private static final BigDecimal FIRST_MONEY = new BigDecimal("1000.00");
    private static final int MOST_AT_A_TIME = 4;

    private final Connection connection;
    private final Register register;
    private final Random random;
    private final AtomicLong transfers;

    Teller(Connection connection, Register register, Random random, AtomicLong transfers) throws SQLException {
        this.connection = connection;
        this.register = register;
        this.random = random;
        this.transfers = transfers;
        connection.setAutoCommit(false);
    }

    private record Account(long customer, BigDecimal balance) {}

    @Override
    public void work() throws SQLException {
        int dice = random.nextInt(100);
        int moved;
        if (dice < 4) {
            moved = open();
        } else if (dice < 7) {
            moved = close(register.closing(random));
        } else if (dice < 10) {
            moved = handOver();
        } else {
            moved = transfer(register.some(2 + random.nextInt(MOST_AT_A_TIME), random));
        }
        connection.commit();
        transfers.addAndGet(moved);
    }

    /** Money goes from the first to the second, from that to the third, and so on. */
    private int transfer(Set<Long> chosen) throws SQLException {
        Map<Long, Account> accounts = lock(chosen);
        List<Long> chain = new ArrayList<>(chosen);
        chain.retainAll(accounts.keySet());
        int moved = 0;
        for (int i = 0; i + 1 < chain.size(); i++) {
            long payer = chain.get(i);
            Account account = accounts.get(payer);
            BigDecimal amount = BigDecimal.valueOf(1 + random.nextInt(5_000), 2);
            if (account != null && account.balance().compareTo(amount) >= 0) {
                move(payer, chain.get(i + 1), account.customer(), amount);
                moved++;
            }
        }
        return moved;
    }

    private int open() throws SQLException {
        long account = register.newAccount();
        lock(Set.of(Databases.VAULT));
        try (PreparedStatement insert =
                connection.prepareStatement("insert into accounts (id, customer, balance) values (?, ?, 0)")) {
            insert.setLong(1, account);
            insert.setLong(2, register.anyCustomer(random));
            insert.executeUpdate();
        }
        move(Databases.VAULT, account, 1, FIRST_MONEY);
        connection.commit();
        register.opened(account);
        return 1;
    }

    private int close(long id) throws SQLException {
        Account account = lock(Set.of(Databases.VAULT, id)).get(id);
        if (account == null) {
            throw new SQLException("account " + id + " is in the register and not in the table");
        }
        boolean hasMoney = account.balance().signum() > 0;
        if (hasMoney) {
            move(id, Databases.VAULT, account.customer(), account.balance());
        }
        try (PreparedStatement delete = connection.prepareStatement("delete from accounts where id = ?")) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
        return hasMoney ? 1 : 0;
    }

    /** An account gets another customer. */
    private int handOver() throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update accounts set customer = ? where id = ?")) {
            update.setLong(1, register.anyCustomer(random));
            update.setLong(2, register.some(1, random).iterator().next());
            update.executeUpdate();
        }
        return 0;
    }

    /** In the order of their numbers, so that no two tellers wait for each other; those that are gone are left out. */
    private Map<Long, Account> lock(Collection<Long> ids) throws SQLException {
        Map<Long, Account> accounts = new LinkedHashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("select customer, balance from accounts where id = ? for update")) {
            for (long id : new TreeSet<>(ids)) {
                select.setLong(1, id);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        accounts.put(id, new Account(row.getLong(1), row.getBigDecimal(2)));
                    }
                }
            }
        }
        return accounts;
    }

    private void move(long payer, long payee, long customer, BigDecimal amount) throws SQLException {
        add(payer, amount.negate());
        add(payee, amount);
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into transfers (payer, payee, customer, amount) values (?, ?, ?, ?)")) {
            insert.setLong(1, payer);
            insert.setLong(2, payee);
            insert.setLong(3, customer);
            insert.setBigDecimal(4, amount);
            insert.executeUpdate();
        }
    }

    private void add(long account, BigDecimal amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update accounts set balance = balance + ? where id = ?")) {
            update.setBigDecimal(1, amount);
            update.setLong(2, account);
            update.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
