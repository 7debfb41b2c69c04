// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/** Writes new customers into the register of customers, and new names and cities of those who are there. The only one who does. */
final class Clerk implements Worker {
    private static final List<String> NAMES =
            List.of("Ada", "Zoë", "O'Brien", "José, the younger", "李小龍", "Łukasz \"Luke\"", "अनिता", "Søren | Ørsted");
    private static final List<String> CITIES = List.of("Kathmandu", "Zürich", "Łódź", "São Paulo", "東京");

    private final Connection connection;
    private final Register register;
    private final Random random;

    Clerk(Connection connection, Register register, Random random) throws SQLException {
        this.connection = connection;
        this.register = register;
        this.random = random;
        connection.setAutoCommit(false);
    }

    @Override
    public void work() throws SQLException {
        if (random.nextInt(4) == 0) {
            long customer = register.customers() + 1;
            write("insert into customers (name, city, id) values (?, ?, ?)", customer);
            if (random.nextBoolean()) {
                write("update customers set name = ?, city = ? where id = ?", customer);
            }
            connection.commit();
            register.joined();
        } else {
            for (int i = random.nextInt(5); i >= 0; i--) {
                write("update customers set name = ?, city = ? where id = ?", register.anyCustomer(random));
            }
            connection.commit();
        }
    }

    private void write(String sql, long customer) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, any(NAMES) + " " + random.nextInt(1_000));
            statement.setString(2, any(CITIES));
            statement.setLong(3, customer);
            statement.executeUpdate();
        }
    }

    private String any(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
