// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What a destination promises, whatever its database is. */
abstract class DestinationSuite extends WholeSuite {
    @Test
    void theTableHasTheLatestRowsWhateverIsWrittenDeletedAndStartedAgain() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        Random random = new Random(3);
        Map<String, String> rows = new TreeMap<>();
        for (int round = 0; round < 5; round++) {
            DestinationService service = start(pipeline);
            for (int i = 0; i < 2_000; i++) {
                int id = random.nextInt(300);
                if (random.nextInt(4) == 0) {
                    send(pipeline, Integer.toString(id), null);
                    rows.remove(Integer.toString(id));
                } else {
                    String balance = random.nextInt(5) == 0 ? null : i + ".50";
                    send(pipeline, Integer.toString(id), account(id, "o'" + round + "\\\\ \u00e9", balance));
                    rows.put(Integer.toString(id), "o'" + round + "\\ \u00e9|" + balance);
                }
            }
            producer.flush();
            if (round % 2 == 0) {
                awaitRows(pipeline, rows);
            }
            service.stop();
        }
        start(pipeline);
        awaitRows(pipeline, rows);
    }

    @Test
    void eachRowIsWrittenOnceThoughConnectionsAreCut() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        start(pipeline).stop();
        audit(table(pipeline.name)).forEach(sql -> {
            try {
                execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        });
        start(pipeline);
        int count = 0;
        for (int round = 0; round < 8; round++) {
            int before = count(pipeline);
            for (int i = 0; i < 6_000; i++, count++) {
                send(pipeline, Integer.toString(count), account(count, "owner " + count, "1.00"));
            }
            cut();
            await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> count(pipeline) > before);
        }
        producer.flush();
        int all = count;
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> count(pipeline) == all);
        assertThat(read("select count(*), count(distinct id) from " + schema() + ".written_" + pipeline.name))
                .containsExactly(Map.entry(Integer.toString(all), Integer.toString(all)));
    }

    @Test
    void aSecondProcessTakesTheRightToWriteFromTheFirst() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        HippoContext context = pipeline.context();
        Database first = Database.open(context, "first", false);
        apply(first, pipeline, pipeline.record(0, "1", account(1, "Ada", "1")));
        Database second = Database.open(context, "second", false);
        assertThat(second.stored().get(new TopicPartition(pipeline.topic, 0)).next())
                .isEqualTo(1);
        assertThatThrownBy(() -> apply(first, pipeline, pipeline.record(1, "1", account(1, "Ada", "2"))))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("another process runs hippo 'copy'");
        assertThatThrownBy(() -> Database.open(context, "first", true))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("another process runs hippo 'copy'");
        apply(second, pipeline, pipeline.record(1, "1", account(1, "Ada", "3")));
        second.close();
        Database again = Database.open(context, "second", true);
        again.close();
        first.close();
        assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "Ada|3"));
    }

    static void apply(Database database, SinkPipeline pipeline, ConsumerRecord<byte[], byte[]> record)
            throws Exception {
        apply(database, pipeline, List.of(record));
    }

    static void apply(Database database, SinkPipeline pipeline, List<ConsumerRecord<byte[], byte[]>> records)
            throws Exception {
        long behind = records.get(records.size() - 1).offset() + 1;
        database.apply(
                new Batch(database.tables(), records),
                Map.of(new TopicPartition(pipeline.topic, 0), new StoredOffset("id", behind)));
    }

    @Test
    void aRowThatTheTableRefusesIsToldWithItsPlaceAndNothingOfItsBatchStays() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        execute("create table " + table(pipeline.name)
                + " (id bigint primary key, owner varchar(5) not null, balance decimal(6, 2))");
        try (Database database = Database.open(pipeline.context(), "p", false)) {
            apply(database, pipeline, pipeline.record(0, "1", account(1, "Ada", "1.5")));
            assertThatThrownBy(() -> apply(
                            database,
                            pipeline,
                            List.of(
                                    pipeline.record(1, "2", account(2, "Bob", "1")),
                                    pipeline.record(2, "3", account(3, "Charlotte", "1")))))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining(pipeline.topic + "/0/2 (key '3')")
                    .hasMessageContaining("table " + table(pipeline.name))
                    .hasMessageContaining("too long")
                    .hasMessageContaining("change the column");
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(1, "2", account(2, "Bob", "1.255"))))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("keeps 2 digits")
                    .hasMessageContaining("1.255");
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(1, "2", account(2, "Bob", "12345.00"))))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining(pipeline.topic + "/0/1 (key '2')");
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(1, "7", account(2, "Bob", "1"))))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("the row's own id is '2'");
            assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "Ada|1.50"));
            // a later record of the same key takes the place of the one that was refused
            apply(
                    database,
                    pipeline,
                    List.of(
                            pipeline.record(1, "2", account(2, "Charlotte", "1")),
                            pipeline.record(2, "2", account(2, "Bob", "1.200"))));
        }
        assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "Ada|1.50", "2", "Bob|1.20"));
    }

    @Test
    void aTopicThatWasMadeAnewIsToldAndNotReadFromTheMiddle() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        DestinationService service = start(pipeline);
        send(pipeline, "1", account(1, "Ada", "1"));
        awaitRows(pipeline, Map.of("1", "Ada|1"));
        service.stop();
        try (Admin admin = kafka.admin(kafka.clientProperties("admin"))) {
            admin.deleteTopics(List.of(pipeline.topic)).all().get();
            await().atMost(LONG).until(() -> !admin.listTopics().names().get().contains(pipeline.topic));
        }
        PipelineTopics.ensure(pipeline.spec(), kafka, Duration.ofSeconds(60));
        for (int i = 0; i < 10; i++) {
            send(pipeline, Integer.toString(i), account(i, "Bob", "1"));
        }
        producer.flush();
        assertThatThrownBy(() -> start(pipeline))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("is another one of the same name now")
                .hasMessageContaining("hippo_positions");
        assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "Ada|1"));
        execute(
                "delete from " + schema() + ".hippo_positions where topic = '" + pipeline.topic + "'",
                "delete from " + table(pipeline.name));
        start(pipeline);
        await().atMost(LONG).until(() -> accounts(pipeline).size() == 10);
    }

    @Test
    void deletionsThatMayBeGoneFromTheTopicAreWarnedOf() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        TopicPartition partition = new TopicPartition(pipeline.topic, 0);
        producer.send(new ProducerRecord<>(
                        pipeline.topic,
                        0,
                        1_000L,
                        "1".getBytes(StandardCharsets.UTF_8),
                        pipeline.row(account(1, "Ada", "1"))))
                .get();
        String id = TopicFacts.read(kafka, kafka.clientProperties("facts"), List.of(pipeline.topic))
                .ids()
                .get(partition);
        try (TopicFeed feed = TopicFeed.open(
                pipeline.context(), List.of(pipeline.topic), Map.of(partition, new StoredOffset(id, 0)))) {
            await().atMost(LONG).until(() -> !feed.poll().isEmpty());
            assertThat(feed.warned()).containsExactly(pipeline.topic);
        }
    }

    @Test
    void whatDoesNotFitATableIsToldAllTogetherBeforeAnythingIsWritten() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        execute("create table " + table(pipeline.name) + " (id bigint, owner double precision, more int not null)");
        assertThatThrownBy(() -> Database.open(pipeline.context(), "p", false))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("has no column 'balance'")
                .hasMessageContaining("ADD COLUMN")
                .hasMessageContaining("column 'owner' of " + table(pipeline.name) + " is double")
                .hasMessageContaining("column 'more' of " + table(pipeline.name) + " needs a value")
                .hasMessageContaining("has no unique index of column 'id' alone");
        execute("drop table " + table(pipeline.name));
    }

    @Test
    void everyTypeComesToATableThatIsMade() throws Exception {
        SinkPipeline pipeline = pipeline("Whole");
        try (Database database = Database.open(pipeline.context(), "p", false)) {
            apply(
                    database,
                    pipeline,
                    List.of(
                            pipeline.record(0, "none", "{\"id\":\"none\"}"),
                            pipeline.record(1, "all", """
                            {"id":"all","flag":true,"i32":-5,"u32":4000000000,"i64":"-9000000000","u64":"18446744073709551615","f":1.25,"d":-0.1,
                             "raw":"AP8=","color":"BLUE","at":"2026-11-21T10:00:00.123456Z","tags":["a \\"b\\"","c\\\\,"],"nums":[-1,2],"boxed":0,
                             "part":{"name":"p","size":7},"note":""}"""),
                            pipeline.record(2, "gone", "{\"id\":\"gone\"}")));
            apply(database, pipeline, pipeline.record(3, "gone", null));
        }
        assertThat(read("select id, flag, i32, u32, i64, u64, f, d, color, boxed, note, part, tags, nums, at from "
                        + table(pipeline.name)))
                .hasSize(2)
                .hasEntrySatisfying(
                        "none",
                        row -> assertThat(row)
                                .matches(
                                        "(f|0|false)\\|0\\|0\\|0\\|0\\|0(.0)?\\|0(.0)?\\|RED\\|null\\|null\\|null\\|(\\{}|\\[])\\|(\\{}|\\[])\\|null"))
                .hasEntrySatisfying(
                        "all",
                        row -> assertThat(row)
                                .matches(
                                        "(t|1|true)\\|-5\\|4000000000\\|-9000000000\\|18446744073709551615\\|1.25\\|-0.1\\|BLUE\\|0\\|\\|.*")
                                .contains("\"size\"")
                                .contains("a \\\"b\\\"")
                                .containsPattern("[{\\[]-1, ?2|-1,2")
                                .contains("2026-11-21 10:00:00.123456"));
    }

    @Test
    void aKeyMayHaveSeveralColumns() throws Exception {
        SinkPipeline pipeline = pipeline("Line");
        try (Database database = Database.open(pipeline.context(), "p", false)) {
            apply(
                    database,
                    pipeline,
                    List.of(
                            line(pipeline, 0, "1", "a", "tea"),
                            line(pipeline, 1, "2", "a", "cup"),
                            line(pipeline, 2, "1", "A", "salt"),
                            line(pipeline, 3, "2", "A", "pot"),
                            line(pipeline, 4, "1", "\\\"\u00e9'", "odd")));
            apply(
                    database,
                    pipeline,
                    List.of(
                            pipeline.record(5, "[\"2\",\"a\"]", null),
                            pipeline.record(6, "[\"1\",\"A\"]", null),
                            pipeline.record(7, "[\"9\",\"z\"]", null),
                            pipeline.record(8, "[\"1\",\"\\\"\u00e9'\"]", null),
                            line(pipeline, 9, "1", "a", "more tea")));
            assertThat(lines(pipeline)).isEqualTo(Map.of("1a", "more tea", "2A", "pot"));
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(10, "[\"1\", \"a\"]", null)))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("its key is no JSON array, without blanks, of texts that are int32, string");
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(10, "[\"a\",\"1\"]", null)))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("its key is no JSON array");
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(10, "[\"3\",\"a\"]", "{\"place\":1}")))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("the row's own key of place, shelf is '[\"1\",\"\"]'");
            apply(database, pipeline, pipeline.record(10, "[\"1\",\"a\"]", null));
        }
        assertThat(lines(pipeline)).isEqualTo(Map.of("2A", "pot"));
    }

    /** A record of a line; the shelf is written as JSON has it. */
    private static ConsumerRecord<byte[], byte[]> line(
            SinkPipeline pipeline, long offset, String place, String shelf, String product) {
        return pipeline.record(
                offset,
                "[\"" + place + "\",\"" + shelf + "\"]",
                "{\"place\":" + place + ",\"shelf\":\"" + shelf + "\",\"product\":\"" + product + "\"}");
    }

    private Map<String, String> lines(SinkPipeline pipeline) throws SQLException {
        return read("select concat(place, shelf), product from " + table(pipeline.name));
    }

    @Test
    void textsGoIntoColumnsOfTheDatabasesOwnTypesAndNothingIsCutInSilence() throws Exception {
        SinkPipeline pipeline = pipeline("Odd");
        execute(oddTable(table(pipeline.name)));
        String id = "7d444840-9dc0-11d1-b245-5ffdce74fad2";
        try (Database database = Database.open(pipeline.context(), "p", false)) {
            apply(
                    database,
                    pipeline,
                    pipeline.record(
                            0,
                            id,
                            "{\"id\":\"" + id
                                    + "\",\"number\":\"12.340\",\"day\":\"2026-11-21\",\"doc\":\"{\\\"a\\\": 1}\",\"small\":7,\"at\":\"2026-11-21T10:00:00.120Z\"}"));
            refused(database, pipeline, id, "\"number\":\"1.2345\"", "keeps 3 digits");
            refused(database, pipeline, id, "\"day\":\"2026-11-21T10:00:00\"", "keeps no time of day");
            refused(database, pipeline, id, "\"day\":\"tomorrow\"", "tomorrow");
            refused(database, pipeline, id, "\"at\":\"2026-11-21T10:00:00.1234Z\"", "keeps 3 digits");
            refused(database, pipeline, id, "\"small\":70000", " range");
        }
        assertThat(read("select id, number, day, small from " + table(pipeline.name)))
                .isEqualTo(Map.of(id, "12.340|2026-11-21|7"));
        try (Database database = Database.open(pipeline.context(), "p", false)) {
            apply(database, pipeline, pipeline.record(1, id, null));
        }
        assertThat(read("select id from " + table(pipeline.name))).isEmpty();
    }

    private static void refused(Database database, SinkPipeline pipeline, String id, String field, String words) {
        assertThatThrownBy(() ->
                        apply(database, pipeline, pipeline.record(1, id, "{\"id\":\"" + id + "\"," + field + "}")))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining(pipeline.topic + "/0/1")
                .hasMessageContaining(words);
    }
}
