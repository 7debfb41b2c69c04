// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The capture of MariaDB. */
class MariaDbCaptureIT extends CaptureTests {
    private static CapturedMariaDb database;

    @BeforeAll
    static void start() throws Exception {
        database = CapturedMariaDb.start();
        use(database);
    }

    @AfterAll
    static void stop() throws Exception {
        database.stop();
    }
}
