// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stops what the database is doing when this process is asked to end: a server that is not told goes on. Thread-safe. */
final class Interruption {
    /** Less than the job has until it is killed. */
    private static final long WAIT_SECONDS = 5;

    private static final long STEP_MILLIS = 20;
    private static final int STEPS = 100;

    private final Thread job;
    private final CountDownLatch over = new CountDownLatch(1);
    private @Nullable Statement running;
    private boolean interrupted;

    /**
     * For one job.
     *
     * @param job the thread that runs it
     */
    Interruption(Thread job) {
        this.job = job;
    }

    /** From now on this statement is the one to stop. */
    synchronized void runs(Statement statement) throws SQLException {
        if (interrupted) {
            throw new SQLException("the job was asked to end");
        }
        running = statement;
    }

    /** The statement has ended. */
    synchronized void ran() {
        running = null;
    }

    /** All has been done or undone. */
    void over() {
        over.countDown();
    }

    /** Stops the statement that runs, and waits until what it did has been undone. */
    void interrupt() {
        if (over.getCount() == 0) {
            return;
        }
        try {
            cancel();
            if (over.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                awaitLastWords();
            }
        } catch (SQLException e) {
            System.err.println("the database was not told to stop: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The job writes why it failed and asks for the process's end, where it is held: it has come already. */
    private void awaitLastWords() throws InterruptedException {
        for (int step = 0; step < STEPS && job.isAlive() && job.getState() != Thread.State.BLOCKED; step++) {
            job.join(STEP_MILLIS);
        }
    }

    private synchronized void cancel() throws SQLException {
        interrupted = true;
        if (running != null) {
            running.cancel();
        }
    }
}
