// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.Database;
import dev.hippo.doctor.store.Heard;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.doctor.store.RecordPlace;
import dev.hippo.doctor.store.StatusWriter;
import dev.hippo.doctor.store.Update;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chain notice clicks -> load -> (with notice views) report, which writes table sums -> alarm. */
class TraceTest {
    private static final Instant NOON = Instant.parse("2017-04-05T12:00:00Z");
    private static final PartitionValues MARCH = PartitionValues.of("yyyymm", "201703");

    @TempDir
    Path folder;

    private Database database;
    private final Update update = new Update();

    @BeforeEach
    void write() throws Exception {
        database = Database.open(Database.embedded(folder), "", "", "ads");
        heard("frontier-adw", 5, "", "clicks", 0);
        heard("frontier-adw", 6, "", "views", 1);
        heard("frontier-adw", 7, "", "others", 2);
        mission("load", 3, "{}", "frontier-adw/5");
        heard("hippo-finish", 1, "load", "", 4);
        mission("report", 5, "{\"rows_out\": 31, \"tables\": [\"sums\"]}", "hippo-finish/1", "frontier-adw/6");
        heard("hippo-finish", 2, "report", "", 6);
        mission("alarm", 7, "{}", "hippo-finish/2");
        heard("hippo-finish", 3, "alarm", "", 8);
        update.read("hippo-finish", "T", 0, 0, 4);
        new StatusWriter(database).write(update);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void heard(String topic, long offset, String mission, String table, int second) {
        update.heard(new Heard(
                new RecordPlace(topic, "T", 0, offset),
                NOON.plusSeconds(second),
                "someone",
                mission,
                "adw",
                table,
                "append",
                true,
                List.of(MARCH),
                new DataVersion(NOON, 0),
                null));
    }

    private void mission(String id, int second, String result, String... places) throws Exception {
        List<Trigger.Source> sources = Arrays.stream(places)
                .map(place -> place.split("/"))
                .map(place -> new Trigger.Source(
                        place[0], 0, Long.parseLong(place[1]), JsonNodeFactory.instance.objectNode()))
                .toList();
        Instant at = NOON.plusSeconds(second);
        ObjectNode told = (ObjectNode) new com.fasterxml.jackson.databind.ObjectMapper().readTree(result);
        update.mission(
                Mission.accepted(
                                id,
                                "ads",
                                id,
                                MARCH,
                                new DataVersion(NOON, 0),
                                new Trigger("rule", "t", sources),
                                Map.of(),
                                at)
                        .started("log", at)
                        .succeeded(told, at),
                at,
                new RecordPlace("hippo-missions", "M", 0, second));
    }

    private static List<String> told(JsonNode list, String name) {
        return java.util.stream.StreamSupport.stream(list.spliterator(), false)
                .map(each ->
                        each.path(name).asText() + " " + each.path("relation").asText())
                .toList();
    }

    @Test
    void aPartitionIsTracedToAllThatCameOfIt() throws Exception {
        ObjectNode trace =
                Trace.of(new HistoryReader(database), null, "clicks", "201703").orElseThrow();
        assertThat(told(trace.path("missions"), "mission_id"))
                .containsExactly("load after", "report after", "alarm after");
        assertThat(told(trace.path("messages"), "place"))
                .containsExactly(
                        "frontier-adw/0/5 about",
                        "frontier-adw/0/6 beside",
                        "hippo-finish/0/1 after",
                        "hippo-finish/0/2 after",
                        "hippo-finish/0/3 after");
        assertThat(trace.path("cut").asBoolean()).isFalse();
    }

    @Test
    void aPartitionThatAMissionWroteIsTracedBackToTheFirstNotices() throws Exception {
        ObjectNode trace =
                Trace.of(new HistoryReader(database), null, "sums", "201703").orElseThrow();
        assertThat(told(trace.path("missions"), "mission_id"))
                .containsExactly("load before", "report wrote", "alarm after");
        assertThat(told(trace.path("messages"), "place"))
                .contains("frontier-adw/0/5 before", "frontier-adw/0/6 before", "hippo-finish/0/1 before")
                .doesNotContain("frontier-adw/0/7 before");
        assertThat(trace.path("missions").path(1).path("rows_out").asInt()).isEqualTo(31);
        assertThat(trace.path("missions").path(1).path("because").toString())
                .isEqualTo("[\"frontier-adw/0/6\",\"hippo-finish/0/1\"]");
    }

    @Test
    void aTableThatIsNamedInResultsOnlyIsKnown() throws Exception {
        HistoryReader history = new HistoryReader(database);
        assertThat(history.tables()).contains("sums");
        assertThat(history.partitions("sums", 5)).containsExactly("201703");
        assertThat(history.partitions("clicks", 5)).containsExactly("201703");
    }

    @Test
    void ofAPartitionThatNobodySpokeOfThereIsNone() throws Exception {
        assertThat(Trace.of(new HistoryReader(database), null, "clicks", "201704"))
                .isEmpty();
        assertThat(Trace.of(new HistoryReader(database), "btd", "clicks", "201703"))
                .isEmpty();
    }
}
