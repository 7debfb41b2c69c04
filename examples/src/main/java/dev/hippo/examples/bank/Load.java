// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The bank at work: two tellers and a clerk, each in a thread of its own, until they are told to stop. */
public final class Load implements AutoCloseable {
    private static final int TELLERS = 2;
    private static final long BETWEEN_TRANSACTIONS_MILLIS = 20;
    private static final long BETWEEN_CUSTOMERS_MILLIS = 100;
    private static final long STOP_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final CountDownLatch enough = new CountDownLatch(1);
    private final AtomicLong transfers = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    private Load() {}

    /** Opens the bank's doors. */
    public static Load begin(Databases databases) throws SQLException {
        Load load = new Load();
        Register register =
                new Register(Databases.VAULT + 1, Databases.VAULT + Databases.ACCOUNTS, Databases.CUSTOMERS);
        for (int i = 1; i <= TELLERS; i++) {
            load.start(
                    "teller-" + i,
                    new Teller(databases.accounts(), register, new Random(i), load.transfers),
                    BETWEEN_TRANSACTIONS_MILLIS);
        }
        load.start("clerk", new Clerk(databases.customers(), register, new Random(0)), BETWEEN_CUSTOMERS_MILLIS);
        return load;
    }

    private void start(String name, Worker worker, long pauseMillis) {
        Thread thread = new Thread(() -> run(worker, pauseMillis), name);
        threads.add(thread);
        thread.start();
    }

    private void run(Worker worker, long pauseMillis) {
        try (worker) {
            do {
                worker.work();
            } while (!enough.await(pauseMillis, TimeUnit.MILLISECONDS));
        } catch (SQLException | RuntimeException e) {
            failure.compareAndSet(null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many transfers have been committed. */
    public long transfers() {
        return transfers.get();
    }

    /**
     * Lets everybody end the transaction at hand.
     *
     * @throws IllegalStateException if one of them could not do the work
     */
    public void stop() throws InterruptedException {
        enough.countDown();
        for (Thread thread : threads) {
            thread.join(STOP_MILLIS);
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " did not end");
            }
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("the load failed: " + failed.getMessage(), failed);
        }
    }

    /** Tells everybody to stop and waits for nobody. */
    @Override
    public void close() {
        enough.countDown();
    }
}
