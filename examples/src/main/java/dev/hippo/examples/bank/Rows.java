// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is at one place: rows by their keys.
 *
 * @param contents all columns but the key, as one text
 * @param sum of the column that is money; null where there is none
 * @param repeated keys that are there more than once
 */
public record Rows(
        SortedMap<Long, String> contents, @Nullable BigDecimal sum, List<Long> repeated) {
    public Rows {
        contents = Collections.unmodifiableSortedMap(new TreeMap<>(contents));
        repeated = List.copyOf(repeated);
    }

    /** Takes rows one by one. Not thread-safe. */
    static final class Collector {
        private final SortedMap<Long, String> contents = new TreeMap<>();
        private final List<Long> repeated = new ArrayList<>();
        private @Nullable BigDecimal sum;

        void add(long key, String content, @Nullable String money) {
            if (contents.put(key, content) != null) {
                repeated.add(key);
            }
            if (money != null) {
                BigDecimal amount = new BigDecimal(money);
                sum = sum == null ? amount : sum.add(amount);
            }
        }

        Rows rows() {
            return new Rows(contents, sum, repeated);
        }
    }

    /** The rows of a query for key, content and money. */
    static Rows of(Connection connection, String query) throws SQLException {
        Collector collector = new Collector();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                collector.add(row.getLong(1), row.getString(2), row.getString(3));
            }
        }
        return collector.rows();
    }

    /** Whether the sum is this one; both null where there is none. */
    boolean hasSum(@Nullable BigDecimal expected) {
        return sum == null ? expected == null : expected != null && sum.compareTo(expected) == 0;
    }

    /** What is wrong with other rows that should be the same; empty if nothing is. */
    List<String> differences(Rows other) {
        List<String> differences = new ArrayList<>();
        other.repeated.forEach(key -> differences.add(key + " is there more than once"));
        for (Map.Entry<Long, String> row : contents.entrySet()) {
            String there = other.contents.get(row.getKey());
            if (there == null) {
                differences.add(row.getKey() + " is missing: " + row.getValue());
            } else if (!there.equals(row.getValue())) {
                differences.add(row.getKey() + " is " + there + " instead of " + row.getValue());
            }
        }
        for (Map.Entry<Long, String> row : other.contents.entrySet()) {
            if (!contents.containsKey(row.getKey())) {
                differences.add(row.getKey() + " is too many: " + row.getValue());
            }
        }
        if (differences.isEmpty() && !hasSum(other.sum)) {
            differences.add("the sum is " + other.sum + " instead of " + sum);
        }
        return differences;
    }
}
