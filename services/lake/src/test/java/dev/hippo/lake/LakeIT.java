// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.PartitionColumn;
import dev.hippo.pipeline.PartitionColumn.Transform;
import dev.hippo.wire.EventHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Topics land in tables, by a real broker, and DuckDB reads what landed. */
final class LakeIT extends OnABroker {
    private static final String TIMED = """
            syntax = "proto3";
            package shop.v1;
            import "google/protobuf/timestamp.proto";
            message Order { string id = 1; google.protobuf.Timestamp at = 2; string shop = 3; int32 shelf = 4; bool gift = 5; uint64 lot = 6; }
            """;

    private TestLake lake() {
        // a blank and a percent sign in the table's own place too
        return new TestLake(broker, folder.resolve("a %20b"));
    }

    @Test
    void everyTypeOfAContractIsReadAsItWasSent() throws Exception {
        TestLake lake = lake().with("""
                syntax = "proto3";
                package shop.v1;
                import "google/protobuf/timestamp.proto";
                import "google/protobuf/wrappers.proto";
                enum Colour { NONE = 0; RED = 1; }
                message Point { double lat = 1; sint32 floor = 2; }
                message Line { string item = 1; repeated string tags = 2; Point at = 3; optional int32 pieces = 4; }
                message Order {
                  string id = 1; int32 i = 2; uint32 u = 3; uint64 big = 4; float f = 5; double d = 6; bool yes = 7; bytes raw = 8; Colour colour = 9;
                  google.protobuf.Timestamp at = 10; Line line = 11; repeated Line lines = 12; map<string, int64> counts = 13; map<int32, Line> shelves = 14;
                  google.protobuf.Int64Value maybe = 15; repeated double reals = 16; repeated Colour colours = 17; optional string note = 18;
                  oneof paid { string card = 19; int64 cash = 20; }
                }
                """);
        lake.send(0, List.of("""
                {"id": "full", "i": -7, "u": 4294967295, "big": "18446744073709551615", "f": 1.5, "d": -2.5, "yes": true, "raw": "AQI=", "colour": "RED",
                 "at": "1969-12-31T23:59:59.123456Z", "line": {"item": "é", "tags": ["x", "y"], "at": {"lat": 1.25, "floor": -1}, "pieces": 0},
                 "lines": [{"item": "a"}, {"item": "b", "tags": ["z"], "at": {"lat": 2}}], "counts": {"k": "1", "l": "2"},
                 "shelves": {"3": {"item": "s", "pieces": 9}}, "maybe": "0", "reals": [1, 2.5], "colours": ["NONE", "RED"], "note": "", "cash": "5"}
                """, "{\"id\": \"void\"}"));
        lake.land(2);
        assertThat(lake.query("""
                select concat_ws('|', i, u, big, f, d, yes, hex(raw), colour, epoch_us("at"), line.item, line.tags[2], line."at".lat, line."at".floor, line.pieces)
                from t where id = 'full'"""))
                .containsExactly("-7|4294967295|18446744073709551615|1.5|-2.5|true|0102|RED|-876544|é|y|1.25|-1|0");
        assertThat(lake.query("""
                select concat_ws('|', len(lines), lines[2].item, lines[2].tags[1], lines[2]."at".lat, counts['k'], counts['l'], shelves[3].item,
                  shelves[3].pieces, maybe, reals[2], colours[2], '<' || note || '>', coalesce(card, 'no card'), cash)
                from t where id = 'full'""")).containsExactly("2|b|z|2.0|1|2|s|9|0|2.5|RED|<>|no card|5");
        assertThat(lake.query("""
                select concat_ws('|', i, big, yes, colour, octet_length(raw), "at" is null, line is null, len(lines), cardinality(counts), maybe is null, note is null,
                  card is null and cash is null)
                from t where id = 'void'""")).containsExactly("0|0|false|NONE|0|true|true|0|0|true|true|true");
    }

    @Test
    void rowsStandInTheirPartitions() throws Exception {
        TestLake lake = lake().partitionedBy(
                        new PartitionColumn("month", "at", Transform.MONTH),
                        new PartitionColumn("day", "at", Transform.DAY),
                        new PartitionColumn("hour", "at", Transform.HOUR),
                        new PartitionColumn("shop", "shop", Transform.IDENTITY),
                        new PartitionColumn("shelf", "shelf", Transform.IDENTITY),
                        new PartitionColumn("gift", "gift", Transform.IDENTITY),
                        new PartitionColumn("lot", "lot", Transform.IDENTITY))
                .with(TIMED);
        lake.send(
                0,
                List.of(
                        "{\"id\": \"a\", \"at\": \"2001-01-31T23:59:59.999Z\", \"shop\": \"A/B = c%20 'd'\", \"shelf\": -3, \"gift\": true, \"lot\": \"18446744073709551615\"}",
                        "{\"id\": \"b\", \"at\": \"2001-02-01T00:00:00Z\", \"shop\": \"é\"}",
                        "{\"id\": \"c\", \"at\": \"2001-02-01T00:10:00Z\", \"shop\": \"é\"}",
                        "{\"id\": \"d\", \"at\": \"1969-12-31T23:00:00Z\"}"));
        lake.land(4);
        assertThat(lake.query("select concat_ws('|', id, month, day, hour, shop, shelf, gift, lot) from t order by id"))
                .containsExactly(
                        "a|2001-01|2001-01-31|2001-01-31T23|A/B = c%20 'd'|-3|true|18446744073709551615",
                        "b|2001-02|2001-02-01|2001-02-01T00|é|0|false|0",
                        "c|2001-02|2001-02-01|2001-02-01T00|é|0|false|0",
                        // Delta has no empty text as a partition value: it is null
                        "d|1969-12|1969-12-31|1969-12-31T23|0|false|0");
        List<JsonNode> files = new TableReader(lake.location()).actions("add");
        assertThat(files).hasSize(3);
        assertThat(files.get(0).path("partitionValues").toString())
                .contains("\"month\":\"2001-01\"", "\"day\":\"2001-01-31\"", "\"shelf\":\"-3\"", "\"gift\":\"true\"");
    }

    @Test
    void aPartitionColumnThatCannotBeIsRefused() throws Exception {
        TestLake taken = lake().partitionedBy(new PartitionColumn("id", "shop", Transform.IDENTITY))
                .with(TIMED);
        assertThatThrownBy(taken::writer)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("the contract has a field 'id' of its own");
        TestLake bytes = lake().partitionedBy(new PartitionColumn("raw", "raw", Transform.IDENTITY))
                .with(ORDERS.replace("int64 cents = 2;", "bytes raw = 2;"));
        assertThatThrownBy(bytes::writer)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("table 't'")
                .hasMessageContaining("'raw' is bytes");
    }

    @Test
    void headersAreColumnsBesideTheEvent() throws Exception {
        TestLake lake = lake().withHeaders().with(ORDERS);
        lake.send(0, orders(0, 10));
        lake.land(10);
        assertThat(lake.query("""
                select concat_ws('/', _event_id, _offset, _partition, _traceparent is null, _received_at is null, abs(epoch(now()) - epoch(_timestamp)) < 120)
                from t where id = 'o7'""")).containsExactly("e7/7/0/true/true/true");
    }

    @Test
    void aRecordThatDoesNotParseIsKeptAsRejectedAndTheRestLands() throws Exception {
        TestLake lake = lake().with(ORDERS);
        lake.send(0, orders(0, 3));
        byte[] broken = {0x0a, 99, 1};
        lake.sendBytes(3, Arrays.asList(broken, null), Instant.EPOCH);
        lake.send(5, orders(3, 5));
        lake.land(5);
        assertThat(lake.context().progress().rejected()).isEqualTo(2);
        assertThat(lake.query("select id from t order by id")).containsExactly("o0", "o1", "o2", "o3", "o4");
        ConsumerRecord<byte[], byte[]> kept = lake.rejected(2).get(0);
        assertThat(kept.value()).isEqualTo(broken);
        assertThat(header(kept, EventHeaders.REJECTED_AT)).isEqualTo(lake.topic() + "/0/3");
        assertThat(header(kept, EventHeaders.REJECTED_BY)).isEqualTo("lake");
        assertThat(header(kept, EventHeaders.REJECTED_BECAUSE))
                .isEqualTo("[{\"path\":\"\",\"rule\":\"parse\",\"message\":\"a field is longer than the message\"}]");
        assertThat(kept.timestamp())
                .as("written now: retention would delete it with the time of its event")
                .isGreaterThan(Instant.parse("2020-01-01T00:00:00Z").toEpochMilli());
        assertThat(header(lake.rejected(2).get(1), EventHeaders.REJECTED_BECAUSE))
                .contains("the record has no value");
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return TestLake.text(record.headers().lastHeader(name).value());
    }

    @Test
    void theTableGainsTheFieldsThatTheContractGainsAndKeepsThoseThatItLost() throws Exception {
        String contract = """
                syntax = "proto3";
                package shop.v1;
                message Line { string item = 1;%s }
                message Order { string id = 1;%s Line line = 4; repeated Line lines = 5; map<string, Line> by_name = 6;%s }
                """;
        String lines =
                "\"line\": {\"item\": \"i\"%1$s}, \"lines\": [{\"item\": \"i\"%1$s}], \"byName\": {\"k\": {\"item\": \"i\"%1$s}}";
        TestLake lake = lake().with(contract.formatted("", " string note = 2;", ""));
        lake.send(0, List.of("{\"id\": \"old\", \"note\": \"kept\", " + lines.formatted("") + "}"));
        lake.land(1);
        lake.with(contract.formatted(" int32 pieces = 2;", "", " int64 cents = 7;"));
        lake.send(1, List.of("{\"id\": \"new\", \"cents\": 5, " + lines.formatted(", \"pieces\": 3") + "}"));
        lake.land(1);
        assertThat(lake.query("""
                select concat_ws('|', id, coalesce(note, 'null'), coalesce(cents, -1), coalesce(line.pieces, -1), coalesce(lines[1].pieces, -1),
                  coalesce(by_name['k'].pieces, -1), lines[1].item) from t order by id""")).containsExactly("new|null|5|3|3|3|i", "old|kept|-1|-1|-1|-1|i");
        assertThat(new TableReader(lake.location()).actions("metaData")).hasSize(2);
        lake.with(contract.formatted(" int32 pieces = 2;", "", " int64 cents = 7;"));
        lake.land(0);
        assertThat(new TableReader(lake.location()).actions("metaData")).hasSize(2);
    }

    @Test
    void aFieldThatChangesItsTypeIsRefusedBeforeAnythingIsWritten() throws Exception {
        TestLake lake = lake().with(ORDERS);
        lake.send(0, orders(0, 1));
        lake.land(1);
        LakeWriter changed =
                lake.with(ORDERS.replace("int64 cents = 2", "string cents = 3")).writer();
        assertThatThrownBy(changed::open)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("column 'cents'")
                .hasMessageContaining("nothing was written");
        changed.close();
        assertThat(lake.query("select count(*) from t")).containsExactly("1");
    }

    @Test
    void eachCommitIsToldOnceWithItsPartitionsAndRows() throws Exception {
        TestLake lake = lake().partitionedBy(new PartitionColumn("day", "at", Transform.DAY))
                .with(TIMED);
        lake.send(
                0,
                List.of(
                        "{\"id\": \"a\", \"at\": \"2001-01-31T10:00:00Z\"}",
                        "{\"id\": \"b\", \"at\": \"2001-02-01T10:00:00Z\"}"));
        lake.land(2);
        lake.restarted().send(2, List.of("{\"id\": \"c\", \"at\": \"2001-02-01T11:00:00Z\"}"));
        lake.land(1);
        List<JsonNode> notices = lake.notices(3);
        assertThat(notices)
                .extracting(notice -> notice.path("job_id").asText())
                // the second is the first again, from the restarted writer that cannot know
                .containsExactly(lake.topic() + ".t@1", lake.topic() + ".t@1", lake.topic() + ".t@2");
        assertThat(notices.get(1)).isEqualTo(notices.get(0));
        JsonNode first = notices.get(0);
        assertThat(first.path("db").asText() + "/" + first.path("table").asText() + "/"
                        + first.path("method").asText())
                .isEqualTo(lake.topic() + "/t/append");
        assertThat(first.path("rows").asLong() + "@" + first.path("version").asLong())
                .isEqualTo("2@1");
        assertThat(first.path("partition_fields").toString()).isEqualTo("[\"day\"]");
        assertThat(first.path("partition_values").toString()).isEqualTo("[\"2001-01-31\",\"2001-02-01\"]");
        assertThat(notices.get(2).path("partition").toString())
                .isEqualTo("[{\"name\":\"day\",\"value\":\"2001-02-01\"}]");
        assertThat(notices.get(2).path("rows").asLong()).isEqualTo(1);
    }

    @Test
    void aCommitIsMadeBeforeItsTimeWhenItIsFull() throws Exception {
        TestLake lake = lake().committing(Duration.ofHours(1), 2_000)
                .withTopicPartitions(3)
                .with(ORDERS);
        LakeWriter writer = lake.writer();
        writer.open();
        Thread running = lake.start(writer);
        lake.send(0, orders(0, 1_000));
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> lake.context().progress().out() > 0);
        writer.askToStop();
        running.join();
        writer.close();
        assertThat(lake.failure()).isNull();
        lake.committing(Duration.ofMillis(200), 64 << 20)
                .restarted()
                .land(1_000
                        - Integer.parseInt(lake.query("select count(*) from t").get(0)));
        assertThat(lake.query("select count(*) || '/' || count(distinct id) || '/' || sum(cents) from t"))
                .containsExactly("1000/1000/499500");
    }
}
