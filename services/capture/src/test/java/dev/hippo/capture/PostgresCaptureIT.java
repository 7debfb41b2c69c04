// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The capture of PostgreSQL. */
class PostgresCaptureIT extends CaptureTests {
    private static CapturedPostgres database;

    @BeforeAll
    static void start() throws Exception {
        database = CapturedPostgres.start();
        use(database);
    }

    @AfterAll
    static void stop() throws Exception {
        database.stop();
    }

    @Test
    void aLargeValueThatAnUpdateLeavesAloneStaysInTheLatestRow() throws Exception {
        new Running();
        awaitEqual();
        execute(
                "update " + table + " set owner = (select string_agg(md5(i::text), '') from generate_series(1, 500) i)"
                        + " where id < 4",
                "update " + table + " set balance = 7 where id = 1",
                "update " + table + " set id = 2000 where id = 2",
                "update " + table + " set balance = 8 where id = 3",
                "update " + table + " set owner = 'short' where id = 3");
        awaitEqual();
    }
}
