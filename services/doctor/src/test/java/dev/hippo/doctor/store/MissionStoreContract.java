// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.StatusWriter.PositionMovedException;
import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the status store promises of missions, and of being opened, whichever database it is in. */
abstract class MissionStoreContract {
    static final Instant NOON = Instant.parse("2017-04-05T12:00:00Z");

    Database database;
    StatusWriter writer;
    StatusReader reader;
    long offset;

    /** Opens the empty database of one test, and the same again. */
    abstract Database open(String pipeline) throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        database = open("ads");
        writer = new StatusWriter(database);
        reader = new StatusReader(database);
    }

    @AfterEach
    void closeStore() {
        database.close();
    }

    static Mission mission(String id, String hippo, String partition, Instant created) {
        return Mission.accepted(
                id,
                "ads",
                hippo,
                PartitionValues.of("yyyymm", partition),
                new DataVersion(created, 0),
                new Trigger("rule", "t", List.of()),
                Map.of(),
                created);
    }

    RecordPlace place() {
        return new RecordPlace("hippo-missions", "T1", 0, offset++);
    }

    /** Writes changes in one transaction, one second apart. */
    void write(Mission... changes) throws Exception {
        Update update = new Update();
        long from = offset;
        for (Mission change : changes) {
            update.mission(change, NOON.plusSeconds(offset), place());
        }
        update.read("hippo-missions", "T1", 0, from, offset);
        writer.write(update);
    }

    static List<String> ids(ObjectNode page) {
        List<String> ids = new ArrayList<>();
        page.path("missions")
                .forEach(mission -> ids.add(mission.path("mission_id").asText()));
        return ids;
    }

    List<String> find(String hippo, String status, String partition, Instant since) throws Exception {
        return ids(reader.missions(new MissionFilter(hippo, status, partition, since, null, 50)));
    }

    @Test
    void aMissionHasItsLatestStateAndAllItsAttempts() throws Exception {
        Mission accepted = mission("m1", "nightly", "201703", NOON);
        Mission first = accepted.started("/log/1", NOON.plusSeconds(1));
        Mission.Failure failure = new Mission.Failure(Mission.Failure.Kind.EXIT, "exit status 3\0");
        Mission again = first.retrying(failure, NOON.plusSeconds(3));
        Mission second = again.started("/log/2", NOON.plusSeconds(3));
        write(accepted, first, again);
        write(second);
        write(second.succeeded(JsonNodeFactory.instance.objectNode().put("rows_out", 7), NOON.plusSeconds(4)));

        JsonNode told = reader.mission("m1").orElseThrow();
        assertThat(told.path("status").asText()).isEqualTo("succeeded");
        assertThat(told.path("result").path("rows_out").asInt()).isEqualTo(7);
        assertThat(told.path("events"))
                .extracting(event -> event.path("status").asText())
                .containsExactly("queued", "running", "retrying", "running", "succeeded");
        assertThat(told.path("attempts").toString())
                .isEqualTo(
                        "[{\"attempt\":1,\"log\":\"/log/1\",\"started_at\":\"2017-04-05T12:00:01Z\",\"status\":\"retrying\","
                                + "\"ended_at\":\"2017-04-05T12:00:02Z\",\"error_class\":\"exit\",\"error_text\":\"exit status 3\uFFFD\"},"
                                + "{\"attempt\":2,\"log\":\"/log/2\",\"started_at\":\"2017-04-05T12:00:03Z\",\"status\":\"succeeded\","
                                + "\"ended_at\":\"2017-04-05T12:00:04Z\"}]");
        assertThat(find(null, "succeeded", null, null)).containsExactly("m1");
        assertThat(find(null, "running", null, null)).isEmpty();
        assertThat(reader.mission("m2")).isEmpty();
    }

    @Test
    void missionsAreFoundByWhatTheyAreAbout() throws Exception {
        write(
                mission("m1", "nightly", "201703", NOON),
                mission("m2", "nightly", "201704", NOON.plusSeconds(60)),
                mission("m3", "daily", "201703", NOON.plusSeconds(120)));

        assertThat(find(null, null, null, null)).containsExactly("m3", "m2", "m1");
        assertThat(find("nightly", null, null, null)).containsExactly("m2", "m1");
        assertThat(find(null, "queued", "201703", null)).containsExactly("m3", "m1");
        assertThat(find("nightly", "queued", "201703", null)).containsExactly("m1");
        assertThat(find(null, null, null, NOON.plusSeconds(60))).containsExactly("m3", "m2");
        assertThat(find(null, "failed", null, null)).isEmpty();
    }

    @Test
    void pagesHoldEachMissionOnceAlsoOfOneMillisecond() throws Exception {
        List<Mission> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            all.add(mission("m" + (100 + i), "nightly", "201703", NOON.plusMillis(i / 10)));
        }
        write(all.toArray(Mission[]::new));

        List<String> found = new ArrayList<>();
        MissionFilter.Cursor after = null;
        int pages = 0;
        do {
            ObjectNode page = reader.missions(new MissionFilter("nightly", null, null, null, after, 4));
            found.addAll(ids(page));
            after = page.has("next")
                    ? MissionFilter.Cursor.parse(page.path("next").asText())
                    : null;
            pages++;
        } while (after != null);
        assertThat(pages).isEqualTo(7);
        assertThat(found)
                .containsExactlyElementsOf(all.stream()
                        .map(Mission::id)
                        .sorted(java.util.Comparator.reverseOrder())
                        .toList());
    }

    @Test
    void whatIsReadTwiceIsWrittenOnce() throws Exception {
        Mission accepted = mission("m1", "nightly", "201703", NOON);
        write(accepted);
        Update again = new Update();
        again.mission(accepted, NOON, new RecordPlace("hippo-missions", "T1", 0, 0));
        again.mission(mission("m2", "nightly", "201703", NOON), NOON, new RecordPlace("hippo-missions", "T1", 0, 1));
        again.read("hippo-missions", "T1", 0, 0, 2);

        assertThatThrownBy(() -> writer.write(again)).isInstanceOf(PositionMovedException.class);
        assertThat(find(null, null, null, null)).containsExactly("m1");
        assertThat(writer.positions("T1")).containsExactly(Map.entry(0, 1L));
        assertThat(writer.positions("another life of the topic")).isEmpty();
    }

    @Test
    void whatFailsHalfWayHasNotHappened() throws Exception {
        Mission accepted = mission("m1", "nightly", "201703", NOON);
        Update broken = new Update();
        RecordPlace place = new RecordPlace("hippo-missions", "T1", 0, 0);
        broken.mission(accepted, NOON, place);
        broken.mission(accepted, NOON, place);
        broken.read("hippo-missions", "T1", 0, 0, 1);

        assertThatThrownBy(() -> writer.write(broken)).isInstanceOf(java.sql.SQLException.class);
        assertThat(find(null, null, null, null)).isEmpty();
        assertThat(writer.positions("T1")).isEmpty();
    }

    @Test
    void itIsThereWhenTheDatabaseIsOpenedAgainAndOnlyForItsPipeline() throws Exception {
        write(mission("m1", "nightly", "201703", NOON));
        database.close();
        assertThatThrownBy(() -> open("flights"))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("it holds the status of pipeline 'ads', not of 'flights'");
        database = open("ads");
        reader = new StatusReader(database);
        assertThat(find(null, null, null, null)).containsExactly("m1");
    }
}
