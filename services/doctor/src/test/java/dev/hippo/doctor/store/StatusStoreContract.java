// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import dev.hippo.wire.service.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the status store promises of all else, whichever database it is in. */
abstract class StatusStoreContract extends MissionStoreContract {
    @Test
    void replaysAreKnownToTheNextDoctorToo() throws Exception {
        ObjectNode first =
                JsonNodeFactory.instance.objectNode().put("replay_id", "r1").put("state", "running");
        ReplayBook dead = new ReplayBook(database, "dead");
        dead.write("r1", first, NOON);
        dead.write("r2", first.deepCopy().put("replay_id", "r2"), NOON.plusSeconds(1));
        dead.write("r1", first.put("records", 5), NOON.plusSeconds(2));
        dead.write("r2", first.deepCopy().put("replay_id", "r2").put("state", "done"), NOON.plusSeconds(3));
        ReplayBook next = new ReplayBook(database, "next");
        assertThat(next.read(9, NOON.plusSeconds(4)))
                .extracting(each -> each.path("replay_id").asText() + " "
                        + each.path("state").asText())
                .containsExactly("r1 running", "r2 done");
        List<ObjectNode> later = next.read(9, NOON.plusSeconds(600));
        assertThat(later.get(0).path("state").asText()).isEqualTo("stopped");
        assertThat(later.get(0).path("records").asInt()).isEqualTo(5);
        assertThat(later.get(0).path("error_text").asText()).contains("the same order again goes on");
        assertThat(later.get(1).path("state").asText()).isEqualTo("done");
        assertThat(dead.read(9, NOON.plusSeconds(600)).get(0).path("state").asText())
                .isEqualTo("running");
        assertThat(next.read(1, NOON)).hasSize(1);
    }

    @Test
    void aServiceIsWhatItSaidLastUnlessItIsNotHeardAnyMore() throws Exception {
        Update update = new Update();
        update.service(service("gate", "running"));
        update.service(service("steps", "running"));
        update.service(service("steps", "failed"));
        update.service(service("lake", "stopped"));
        update.read("service-health", "T2", 0, 0, 4);
        writer.write(update);

        assertThat(states(NOON.plusSeconds(3))).containsExactly("gate running", "lake sleep", "steps dead");
        assertThat(states(NOON.plusSeconds(4))).containsExactly("gate unknown", "lake sleep", "steps dead");
    }

    private static ServiceStatus service(String name, String state) {
        return new ServiceStatus(
                name,
                "frontier",
                state,
                "127.0.0.1",
                4711,
                80,
                NOON,
                Duration.ofSeconds(1),
                NOON,
                5,
                "flights/0@1",
                "");
    }

    private List<String> states(Instant now) throws Exception {
        return reader.services(now).stream()
                .map(service -> service.path("name").asText() + " "
                        + service.path("state").asText())
                .toList();
    }

    @Test
    void aTableIsAsFreshAsTheNewestNewsWhateverComesLate() throws Exception {
        Update update = new Update();
        update.table(news(NOON.plusSeconds(60), 8, "201704", "201705"));
        update.table(news(NOON, 7, "201703", "201704"));
        update.read("hippo-finish", "T3", 0, 0, 2);
        writer.write(update);

        ObjectNode table = reader.tables(NOON.plusSeconds(90)).get(0);
        assertThat(table.path("version").asInt()).isEqualTo(8);
        assertThat(table.path("age_seconds").asInt()).isEqualTo(30);
        assertThat(table.path("partitions"))
                .extracting(each -> each.path("partition").asText() + "@"
                        + each.path("version").asInt())
                .containsExactly("yyyymm=201705@8", "yyyymm=201704@8", "yyyymm=201703@7");
        assertThat(reader.tables(null, "clicks", NOON.plusSeconds(90))).containsExactly(table);
        assertThat(reader.tables("adw", "clicks", NOON.plusSeconds(90))).containsExactly(table);
        assertThat(reader.tables("btd", "clicks", NOON)).isEmpty();
        assertThat(reader.tables(null, "views", NOON)).isEmpty();
        assertThat(reader.tableNames()).containsExactly("clicks");
    }

    private static TableNews news(Instant executed, long version, String... months) {
        return new TableNews(
                "adw",
                "clicks",
                "lake",
                "append",
                java.util.Arrays.stream(months)
                        .map(month -> PartitionValues.of("yyyymm", month))
                        .toList(),
                new DataVersion(executed, version),
                executed);
    }

    @Test
    void whatCouldNotBeReadIsToldWithItsPlace() throws Exception {
        Update update = new Update();
        update.unreadable(new RecordPlace("hippo-finish", "T3", 2, 9), NOON, "the message is not JSON");
        update.read("hippo-finish", "T3", 2, 9, 10);
        writer.write(update);
        assertThat(reader.unreadable(10).toString())
                .isEqualTo("[{\"topic\":\"hippo-finish\",\"partition\":2,\"offset\":9,"
                        + "\"received_at\":\"2017-04-05T12:00:00Z\",\"reason\":\"the message is not JSON\"}]");
    }

    @Test
    void alertsAreToldTheNewestFirst() throws Exception {
        Update update = new Update();
        for (int i = 0; i < 3; i++) {
            update.alert(
                    new Alert("ads", "s" + i, Alert.Cause.GAVE_UP, "'s" + i + "' was given up", "doctor-1", NOON),
                    new RecordPlace("hippo-alerts", "T9", 0, i));
        }
        update.read("hippo-alerts", "T9", 0, 0, 3);
        writer.write(update);
        assertThat(reader.alerts(2).toString())
                .isEqualTo(
                        "[{\"alerted_at\":\"2017-04-05T12:00:00Z\",\"subject\":\"s2\",\"cause\":\"gave-up\",\"urgent\":true,"
                                + "\"text\":\"'s2' was given up\",\"by\":\"doctor-1\"},"
                                + " {\"alerted_at\":\"2017-04-05T12:00:00Z\",\"subject\":\"s1\",\"cause\":\"gave-up\",\"urgent\":true,"
                                + "\"text\":\"'s1' was given up\",\"by\":\"doctor-1\"}]");
    }

    private static Heard notice(long at, String table, String... months) {
        return new Heard(
                new RecordPlace("frontier-adw", "T4", 0, at),
                NOON.plusSeconds(at),
                "gate",
                "",
                "adw",
                table,
                "append",
                true,
                java.util.Arrays.stream(months)
                        .map(month -> PartitionValues.of("yyyymm", month))
                        .toList(),
                new DataVersion(NOON, 3),
                at == 0 ? null : at * 100);
    }

    @Test
    void messagesAndWhatTheyStartedAreFoundFromBothSides() throws Exception {
        HistoryReader history = new HistoryReader(database);
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        Trigger.Source source = new Trigger.Source("frontier-adw", 0, 1, message);
        Mission started = Mission.accepted(
                "m1",
                "ads",
                "nightly",
                PartitionValues.of("yyyymm", "201704"),
                new DataVersion(NOON, 3),
                new Trigger("rule", "t", List.of(source, source)),
                Map.of(),
                NOON);
        Update update = new Update();
        update.heard(notice(0, "clicks", "201703"));
        update.heard(notice(1, "clicks", "201703", "201704"));
        update.heard(notice(2, "views", "201703"));
        update.mission(started, NOON, place());
        update.mission(
                started.started("/log", NOON)
                        .succeeded(
                                (ObjectNode)
                                        new com.fasterxml.jackson.databind.ObjectMapper()
                                                .readTree(
                                                        "{\"tables\": [\"adw.report\", {\"table\": \"sums\", \"partition\": \"2017\"}, 7]}"),
                                NOON),
                NOON,
                place());
        update.read("hippo-missions", "T1", 0, 0, 2);
        writer.write(update);

        assertThat(history.about(null, "clicks", "201703", 9))
                .extracting(HistoryReader.Place::text)
                .containsExactly("frontier-adw/0/1", "frontier-adw/0/0");
        assertThat(history.about("btd", "clicks", "201703", 9)).isEmpty();
        HistoryReader.Place place = history.about("adw", "clicks", "201704", 9).get(0);
        assertThat(history.message(place).orElseThrow().toString())
                .isEqualTo(
                        "{\"place\":\"frontier-adw/0/1\",\"received_at\":\"2017-04-05T12:00:01Z\",\"producer\":\"gate\","
                                + "\"success\":true,\"db\":\"adw\",\"table\":\"clicks\",\"method\":\"append\","
                                + "\"exec_date\":\"2017-04-05T12:00:00Z\",\"version\":3,\"rows\":100}");
        assertThat(history.startedBy(place, 9)).containsExactly("m1");
        assertThat(history.sources("m1")).containsExactly(place);
        assertThat(history.writers("adw", "report", "201704", 9)).containsExactly("m1");
        assertThat(history.writers(null, "sums", "2017", 9)).containsExactly("m1");
        assertThat(history.writers("btd", "report", "201704", 9)).isEmpty();
        assertThat(history.partitions("clicks", 9)).containsExactly("201703", "201704");

        // the topic was made anew: the place belongs to another message
        Update anew = new Update();
        anew.heard(new Heard(
                new RecordPlace("frontier-adw", "T5", 0, 1),
                NOON.plusSeconds(99),
                "gate",
                "m1",
                "",
                "",
                "",
                false,
                List.of(PartitionValues.WHOLE),
                new DataVersion(NOON, 3),
                null));
        anew.read("frontier-adw", "T5", 0, 0, 2);
        writer.write(anew);
        assertThat(history.about(null, "clicks", "201703", 9))
                .extracting(HistoryReader.Place::text)
                .containsExactly("frontier-adw/0/0");
        assertThat(history.ends("m1")).containsExactly(place);
    }

    @Test
    void whatAHippoRemembersIsItsLatestUntilItForgets() throws Exception {
        HistoryReader history = new HistoryReader(database);
        Update update = new Update();
        update.state("ads/nightly/schedule/a", "nightly", NOON, "{\"done\":1}");
        update.state("ads/nightly/schedule/a", "nightly", NOON, "{\"done\":2}");
        update.state("ads/nightly/schedule/b", "nightly", NOON, "{\"done\":3}");
        update.read("hippo-missions", "T1", 0, 0, 3);
        writer.write(update);
        Update next = new Update();
        next.state("ads/nightly/schedule/b", "nightly", NOON, null);
        next.state("ads/nightly/schedule/c", "nightly", NOON, null);
        next.read("hippo-missions", "T1", 0, 3, 5);
        writer.write(next);
        assertThat(history.states()).hasToString("{ads/nightly/schedule/a={\"done\":2}}");
    }

    @Test
    void whatEndedLongAgoIsTakenAwayAndNothingElse() throws Exception {
        Mission old = mission("old", "nightly", "201703", NOON).started("/log", NOON);
        write(old, old.succeeded(JsonNodeFactory.instance.objectNode(), NOON));
        Mission late = mission("late", "nightly", "201704", NOON).started("/log", NOON);
        write(late, late.succeeded(JsonNodeFactory.instance.objectNode(), NOON.plusSeconds(60)));
        write(mission("open", "nightly", "201705", NOON.minusSeconds(600)));
        Update update = new Update();
        update.heard(notice(0, "clicks", "201703"));
        update.heard(notice(60, "clicks", "201704"));
        update.table(news(NOON.minusSeconds(999), 1, "201701"));
        update.read("frontier-adw", "T4", 0, 0, 61);
        writer.write(update);

        assertThat(new Pruning(database).prune(NOON.plusSeconds(30))).isEqualTo(1);
        assertThat(find(null, null, null, null)).containsExactly("late", "open");
        assertThat(reader.mission("old")).isEmpty();
        HistoryReader history = new HistoryReader(database);
        assertThat(history.partitions("clicks", 9)).containsExactly("201704");
        assertThat(reader.tables(NOON)).hasSize(1);
        assertThat(new Pruning(database).prune(NOON.plusSeconds(30))).isZero();
    }

    @Test
    void eachChangeOfAMissionAndEachMoveOfAServiceIsOneEvent() throws Exception {
        EventReader events = new EventReader(database);
        assertThat(events.last()).isZero();
        Mission accepted = mission("m1", "nightly", "201703", NOON);
        write(accepted, accepted.started("/log", NOON));
        for (int i = 0; i < 3; i++) {
            Update update = new Update();
            update.service(service("gate", i < 2 ? "running" : "failed"));
            update.read("service-health", "T2", 0, i, i + 1);
            writer.write(update);
        }
        List<EventReader.Event> all = events.after(0, 9);
        assertThat(all).extracting(EventReader.Event::kind).containsExactly("mission", "mission", "service", "service");
        assertThat(all.get(1).json()).contains("\"status\":\"running\"");
        assertThat(all.get(3).json()).contains("\"said\":\"failed\"");
        assertThat(events.after(all.get(2).number(), 9)).containsExactly(all.get(3));
        assertThat(events.last()).isEqualTo(all.get(3).number());
    }
}
