// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.mariadb.MariaDbSettings;
import dev.hippo.capture.mariadb.MariaDbSource;
import dev.hippo.capture.postgres.PostgresSettings;
import dev.hippo.capture.postgres.PostgresSource;
import dev.hippo.pipeline.HippoSettings.Capture.Debezium;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is set for a connector cannot be set otherwise in the pipeline file, where it would have no effect. */
class ReservedPropertiesTest {
    private static final Contracts NONE = table -> {
        throw new IllegalStateException(table.fullName());
    };

    @Test
    void whatIsSetForEveryConnectorIsReserved() {
        assertThat(DebeziumSource.ALWAYS.keySet()).allMatch(Debezium::isReserved);
        assertThat(Debezium.isReserved("max.batch.size")).isFalse();
    }

    @Test
    void whatIsSetForOneDatabaseIsReserved() throws Exception {
        PostgresSettings postgres = new PostgresSettings(
                "jdbc:postgresql://db:1234/bank?connectTimeout=3", "u", "p", "s", "s", List.of("a.b"), 0);
        Map<String, String> forPostgres = new PostgresDatabase(
                        postgres, new PostgresSource(postgres, NONE, InstantSource.system()), NONE, "left out")
                .properties(List.of());
        assertThat(forPostgres)
                .containsEntry("database.hostname", "db")
                .containsEntry("database.port", "1234")
                .containsEntry("database.dbname", "bank")
                .containsEntry("driver.connectTimeout", "3");
        forPostgres.remove("driver.connectTimeout");
        assertThat(forPostgres.keySet()).allMatch(Debezium::isReserved);
        MariaDbSettings mariaDb =
                MariaDbSettings.forHippo("x", "jdbc:mysql://db:1234/?a=b", "u", "p", List.of("a.b"), 0);
        Map<String, String> forMariaDb =
                new MariaDbDatabase(mariaDb, new MariaDbSource(mariaDb, NONE), NONE, Map.of()).properties(List.of());
        assertThat(forMariaDb).containsEntry("database.hostname", "db").containsEntry("database.port", "1234");
        assertThat(forMariaDb.keySet()).allMatch(Debezium::isReserved);
    }
}
