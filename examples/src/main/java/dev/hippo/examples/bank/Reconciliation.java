// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The bank's tables beside everything that was made of their changes, by key and content. Means something only while nobody changes the databases. */
public final class Reconciliation {
    private static final String COPY = "copy in MariaDB";
    private static final int SHOWN = 3;

    /** The columns beside the key, in the words of each place; times are microseconds. */
    private static final String ACCOUNT = "concat_ws('|', customer, balance, %s)";

    private static final String TRANSFER = "concat_ws('|', payer, payee, customer, amount, %s)";
    private static final String CUSTOMER = "concat_ws('|', name, city)";
    private static final String HOLDING = "concat_ws('|', customer, name, city, balance)";
    private static final String POSTGRES_MICROS = "(extract(epoch from %s) * 1000000)::bigint";
    private static final String MARIADB_MICROS = "timestampdiff(microsecond, '1970-01-01', %s)";
    private static final String DUCKDB_MICROS = "epoch_us(%s)";

    /**
     * What one place has.
     *
     * @param source whether the others of that table are compared with this one
     * @param differences from what it should have
     */
    record Line(String table, String place, boolean source, Rows rows, List<String> differences) {}

    private final List<Line> lines = new ArrayList<>();

    private Reconciliation() {}

    /** Reads everything, now. */
    public static Reconciliation of(Databases databases, QueryService query)
            throws SQLException, IOException, InterruptedException {
        Reconciliation books = new Reconciliation();
        try (Connection postgres = databases.accounts();
                Connection mariaDb = databases.customers()) {
            Rows accounts = books.source(
                    "accounts",
                    "PostgreSQL",
                    Rows.of(postgres, select("accounts", in(POSTGRES_MICROS, ACCOUNT, "opened_at"), "balance")));
            books.add(
                    accounts,
                    "topic",
                    query.rows(latest("accounts", in(DUCKDB_MICROS, ACCOUNT, "opened_at"), "balance")));
            books.add(
                    accounts,
                    COPY,
                    Rows.of(mariaDb, select("copies.accounts", in(MARIADB_MICROS, ACCOUNT, "opened_at"), "balance")));
            books.add(
                    accounts,
                    "in the lake",
                    query.rows(select("accounts", in(DUCKDB_MICROS, ACCOUNT, "opened_at"), "balance")));

            Rows transfers = books.source(
                    "transfers",
                    "PostgreSQL",
                    Rows.of(postgres, select("transfers", in(POSTGRES_MICROS, TRANSFER, "made_at"), "amount")));
            String transfer = in(DUCKDB_MICROS, TRANSFER, "made_at");
            books.add(transfers, "topic", query.rows(latest("transfers", transfer, "amount")));
            books.add(
                    transfers,
                    COPY,
                    Rows.of(mariaDb, select("copies.transfers", in(MARIADB_MICROS, TRANSFER, "made_at"), "amount")));
            books.add(transfers, "joined, in the lake", query.rows(select("payments", transfer, "amount")));

            Rows customers =
                    books.source("customers", "MariaDB", Rows.of(mariaDb, select("customers", CUSTOMER, "null")));
            books.add(customers, "topic", query.rows(latest("customers", CUSTOMER, "null")));
            books.add(customers, COPY, Rows.of(mariaDb, select("copies.customers", CUSTOMER, "null")));

            Rows holdings = books.source("holdings", "joined by hand", joined(postgres, customers));
            books.add(holdings, "topic, joined by Flink", query.rows(latest("holdings", HOLDING, "balance")));
            books.add(holdings, COPY, Rows.of(mariaDb, select("copies.holdings", HOLDING, "balance")));
        }
        return books;
    }

    private static String in(String micros, String content, String time) {
        return content.formatted(micros.formatted(time));
    }

    private static String select(String table, String content, String money) {
        return "select id, " + content + ", " + money + " from " + table;
    }

    /** The last record of each key, without those that are deleted. */
    private static String latest(String topic, String content, String money) {
        return select(
                "(select *, row_number() over (partition by _key order by _offset desc) as age from topics." + topic
                        + ") where age = 1 and _error is null",
                content,
                money);
    }

    private static Rows joined(Connection postgres, Rows customers) throws SQLException {
        Rows.Collector collector = new Rows.Collector();
        try (Statement statement = postgres.createStatement();
                ResultSet row = statement.executeQuery("select id, customer, balance from accounts")) {
            while (row.next()) {
                String customer = row.getString(2) + "|" + customers.contents().get(row.getLong(2));
                collector.add(row.getLong(1), customer + "|" + row.getString(3), row.getString(3));
            }
        }
        return collector.rows();
    }

    private Rows source(String table, String place, Rows rows) {
        lines.add(new Line(table, place, true, rows, List.of()));
        return rows;
    }

    private void add(Rows source, String place, Rows rows) {
        String table = lines.get(lines.size() - 1).table();
        lines.add(new Line(table, place, false, rows, source.differences(rows)));
    }

    /** Whether everything is where it should be, and no money was made or lost. */
    public boolean agrees() {
        return lines.stream().allMatch(line -> line.differences().isEmpty())
                && lines.get(0).rows().hasSum(new BigDecimal(Databases.TOTAL));
    }

    /** In a line: how many rows differ, and where. */
    public String outstanding() {
        return lines.stream()
                .filter(line -> !line.differences().isEmpty())
                .map(line -> line.differences().size() + " of " + line.table() + " (" + line.place() + ")")
                .collect(Collectors.joining(", "));
    }

    /** As it is printed: a line for each place, and the first differences below. */
    public List<String> table() {
        List<String> table = new ArrayList<>();
        table.add(String.format(Locale.ROOT, "%-10s %-23s %10s %17s %9s", "", "", "rows", "sum", "differ"));
        for (Line line : lines) {
            BigDecimal sum = line.rows().sum();
            table.add(String.format(
                            Locale.ROOT,
                            "%-10s %-23s %,10d %17s %9s",
                            line.source() ? line.table() : "",
                            line.place(),
                            line.rows().contents().size(),
                            sum == null ? "" : String.format(Locale.ROOT, "%,.2f", sum),
                            line.source() ? "" : line.differences().size())
                    .stripTrailing());
        }
        for (Line line : lines) {
            line.differences().stream()
                    .limit(SHOWN)
                    .forEach(difference -> table.add(line.table() + " (" + line.place() + "): " + difference));
        }
        table.add(agrees() ? "All agree." : "THEY DO NOT AGREE");
        return table;
    }
}
