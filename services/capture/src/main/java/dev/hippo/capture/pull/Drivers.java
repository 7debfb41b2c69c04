// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ServiceLoader;

/** Finds the JDBC driver for an address: among those that a pipeline brings, and our own. */
final class Drivers {
    private Drivers() {}

    /** @throws SourceFailure if there is none */
    static Driver of(String url, ClassLoader classes) throws SourceFailure {
        try {
            for (Driver driver : ServiceLoader.load(Driver.class, classes)) {
                if (driver.acceptsURL(url)) {
                    return driver;
                }
            }
            return DriverManager.getDriver(url);
        } catch (SQLException e) {
            String[] words = url.split(":", 3);
            throw new SourceFailure(
                    Kind.SETTING,
                    "there is no driver for jdbc:" + (words.length > 1 ? words[1] : "")
                            + ":; name its jar in the source: classpath: [lib/DRIVER.jar] (PostgreSQL's, MariaDB's"
                            + " and DuckDB's are there)",
                    e);
        }
    }
}
