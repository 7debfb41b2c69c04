// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.kit.HippoFailure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The status store in a real PostgreSQL. */
class PostgresStoreIT extends StatusStoreContract {
    private static EmbeddedPostgres postgres;

    private String schema = "";

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @Override
    @BeforeEach
    void openStore() throws Exception {
        schema = "s" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema " + schema);
        }
        super.openStore();
    }

    @Override
    Database open(String pipeline) throws Exception {
        return Database.open(url() + "?currentSchema=" + schema, "postgres", "", pipeline);
    }

    private static String url() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
    }

    @Test
    void aDatabaseThatCannotBeUsedIsToldWithoutItsSecrets() {
        assertThatThrownBy(() -> Database.open(url() + "x?password=secret", "postgres", "", "ads"))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("does not exist")
                .hasMessageContaining("HIPPO_DOCTOR_DATABASE")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> Database.open("mysql://127.0.0.1/ads", "", "", "ads"))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("jdbc:postgresql://");
    }
}
