// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Asks a database the same again and again, as one does who does not know of whoever writes to it. */
final class Look implements AutoCloseable {
    private static final long PAUSE_MILLIS = 10;

    private final Connection connection;
    private final String sql;
    private final Set<String> answers = new ConcurrentSkipListSet<>();
    private final AtomicInteger times = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "look");
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Exception failure;

    Look(Connection connection, String sql) {
        this.connection = connection;
        this.sql = sql;
        thread.start();
    }

    private void run() {
        try (connection;
                Statement statement = connection.createStatement()) {
            // leaves the database some time for others
            while (!closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                try (ResultSet rows = statement.executeQuery(sql)) {
                    rows.next();
                    answers.add(String.valueOf(rows.getString(1)));
                    times.incrementAndGet();
                }
            }
        } catch (SQLException | InterruptedException e) {
            failure = e;
        }
    }

    /** How often there was an answer. */
    int times() {
        if (failure != null) {
            throw new IllegalStateException(sql, failure);
        }
        return times.get();
    }

    /** All the different ones. */
    Set<String> answers() {
        return answers;
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
