// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import java.time.Duration;

/** Until when one query may run: its topics' reading and its statement together. */
final class Deadline {
    private final Duration limit;
    private final long end;

    private Deadline(Duration limit) {
        this.limit = limit;
        this.end = System.nanoTime() + limit.toNanos();
    }

    static Deadline in(Duration limit) {
        return new Deadline(limit);
    }

    /** What is left, not below nothing. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /**
     * Looks at the time.
     *
     * @throws QueryFailure if it is over
     */
    void check() throws QueryFailure {
        if (left().isZero()) {
            throw passed();
        }
    }

    /** What to tell when it is over. */
    QueryFailure passed() {
        return new QueryFailure(
                408,
                "the query ran longer than " + told()
                        + " and was stopped; ask for less, or raise 'limits: {timeout}' of the query hippo");
    }

    /** The limit as text: {@code 4.0 s}. */
    String told() {
        return limit.toMillis() / 1_000.0 + " s";
    }
}
