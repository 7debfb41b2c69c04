// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.contracts.ContractCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a database by its connector alone. */
class BroughtDatabaseTest {
    private static final String MYSQL = "io.debezium.connector.mysql.MySqlConnector";
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("db", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .build();
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field(
                    "at",
                    SchemaBuilder.string()
                            .name("io.debezium.time.ZonedTimestamp")
                            .build())
            .build();
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();

    @TempDir
    Path folder;

    private BroughtDatabase of(String connector) throws Exception {
        Files.writeString(folder.resolve("t.proto"), """
                syntax = "proto3";
                package t.v1;
                import "google/protobuf/timestamp.proto";
                message Visit { int64 id = 1; google.protobuf.Timestamp at = 2; }
                """);
        Descriptor visit = ContractCompiler.compile(folder)
                .contract("t.v1.Visit")
                .orElseThrow()
                .descriptor();
        BroughtSettings settings = new BroughtSettings(
                "hippo_p_h", connector, List.of(), "", "", List.of("shop.visits"), Map.of(), Map.of());
        return new BroughtDatabase(settings, table -> visit, UnchangedValue.NEVER);
    }

    private static TableRows rows(BroughtDatabase database) throws SourceFailure {
        return database.rows(new Struct(SOURCE).put("db", "shop").put("table", "visits"), KEY, ROW);
    }

    @Test
    void momentsThatWouldBeReadInAnotherTimeZoneAreRefused() throws Exception {
        assertThat(TimeZone.getDefault().getRawOffset()).as("the zone of tests").isNotZero();
        BroughtDatabase mysql = of(MYSQL);
        assertThatThrownBy(() -> rows(mysql))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining("column 'at' of shop.visits")
                .hasMessageContaining("would have to be UTC")
                .hasMessageContaining("take field 'at' out of the contract");
        assertThat(rows(of("io.debezium.connector.postgresql.PostgresConnector")))
                .isNotNull();
    }

    @Test
    void aPlaceOfAnotherReaderOrConnectorIsRefused() throws Exception {
        BroughtDatabase mysql = of(MYSQL);
        Position own = mysql.position(Map.of("pos", 4L), true, new Position(0, new byte[0]));
        assertThat(mysql.offset(own)).isEqualTo(Map.of("pos", 4L));
        BroughtDatabase other = of("io.debezium.connector.oracle.OracleConnector");
        assertThatThrownBy(() -> other.offset(own))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining("by connector " + MYSQL)
                .hasMessageContaining("another name")
                .extracting(failure -> ((SourceFailure) failure).kind())
                .isEqualTo(Kind.GONE);
        assertThatThrownBy(() -> mysql.offset(new Position(0, new byte[8])))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining("another kind of reader")
                .hasMessageContaining("another name");
    }
}
