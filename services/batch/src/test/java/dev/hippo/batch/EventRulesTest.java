// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Trigger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of a topic with a contract that start missions. */
class EventRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    Path folder;

    private PipelineSpec pipeline;
    private ContractCatalog contracts;
    private MissionBook book;
    private EventRules events;
    private long offset;

    private void hippo(String... lines) throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/order.proto"), """
                syntax = "proto3";
                package shop.v1;
                import "google/protobuf/timestamp.proto";
                message Order {
                  enum State { UNKNOWN = 0; PAID = 1; SENT = 2; }
                  message Customer { string name = 1; }
                  string id = 1;
                  State state = 2;
                  double amount = 3;
                  Customer customer = 4;
                  google.protobuf.Timestamp at = 5;
                }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: p\ntopics: {orders: {contract: shop.v1.Order, time: at}}\nhippos:\n  h:\n    run: 'true'\n    "
                        + String.join("\n    ", lines) + "\n");
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
        contracts = pipeline.contracts();
        Batch settings = pipeline.hippos().get("h").settings(Batch.class);
        book = new MissionBook("p", "h", settings);
        events = new EventRules(settings.rules(), pipeline, contracts);
    }

    private void event(String json) throws Exception {
        byte[] value = contracts.contract("shop.v1.Order").orElseThrow().json().toBytes(json);
        for (EventRules.Met met : events.met(new ConsumerRecord<>("orders", 0, offset, new byte[0], value))) {
            ObjectNode message = (ObjectNode) new ObjectMapper().readTree(met.json());
            book.event(met, new Trigger.Source("orders", 0, offset, message), NOW);
        }
        offset++;
    }

    private List<Mission> started() {
        book.tick(NOW);
        return List.copyOf(book.take().launches());
    }

    @Test
    void anEventWhoseFieldsAreAsAskedIsAMissionWithItsTimeAndItsPartition() throws Exception {
        hippo("on: {topic: orders, where: {state: PAID, amount: '>100', customer.name: 'A*'}, by: customer.name}");
        event("{\"id\":\"1\",\"state\":\"PAID\",\"amount\":100,\"customer\":{\"name\":\"Ada\"}}");
        event("{\"id\":\"2\",\"state\":\"SENT\",\"amount\":101,\"customer\":{\"name\":\"Ada\"}}");
        event("{\"id\":\"3\",\"state\":\"PAID\",\"amount\":101,\"customer\":{\"name\":\"Bob\"}}");
        event("{\"id\":\"4\",\"state\":\"PAID\",\"amount\":101}");
        assertThat(started()).isEmpty();
        event(
                "{\"id\":\"5\",\"state\":\"PAID\",\"amount\":100.5,\"customer\":{\"name\":\"Ada\"},\"at\":\"2026-01-02T03:04:05Z\"}");
        assertThat(started()).singleElement().satisfies(mission -> {
            assertThat(mission.partition().columns()).isEqualTo(Map.of("customer.name", "Ada"));
            assertThat(mission.version().executed()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
            assertThat(mission.trigger().places()).isEqualTo("orders/0/4");
            assertThat(mission.trigger().sources().get(0).message().path("id").asText())
                    .isEqualTo("5");
        });
    }

    @Test
    void ofManyConditionsThoseAreMetThatTheEventMeetsInTheOrderOfTheFile() throws Exception {
        hippo(
                "on:",
                "  - {topic: orders, where: {customer.name: Bob}}",
                "  - {topic: orders, where: {customer.name: Ada, amount: '>5'}}",
                "  - {topic: orders, where: {amount: '>5'}}",
                "  - {topic: orders, where: {amount: '<5', state: PAID}}",
                "  - {topic: orders, where: {state: PAID, customer.name: '!=Ada'}}",
                "  - {topic: orders, where: {state: PAID, customer.name: 'A*'}}");
        assertThat(met("{\"state\":\"PAID\",\"amount\":6,\"customer\":{\"name\":\"Ada\"}}"))
                .containsExactly(1, 2, 5);
        assertThat(met("{\"state\":\"PAID\",\"amount\":4,\"customer\":{\"name\":\"Bob\"}}"))
                .containsExactly(0, 3, 4);
        assertThat(met("{\"amount\":4}")).isEmpty();
    }

    private List<Integer> met(String json) throws Exception {
        byte[] value = contracts.contract("shop.v1.Order").orElseThrow().json().toBytes(json);
        return events.met(new ConsumerRecord<>("orders", 0, 0, new byte[0], value)).stream()
                .map(met -> met.match().rule())
                .toList();
    }

    @Test
    void everyEventIsAMissionOnceAndOlderOnesToo() throws Exception {
        hippo("on: {topic: orders, where: {at: '>=2026-01-01T00:00:00Z', state: '!=SENT'}}", "concurrency: 9");
        event("{\"at\":\"2026-01-02T00:00:00Z\"}");
        event("{\"at\":\"2026-01-01T00:00:00Z\"}");
        event("{\"at\":\"2025-12-31T23:59:59Z\"}");
        List<Mission> first = started();
        assertThat(first).hasSize(2);
        List<byte[]> written = new ArrayList<>();
        first.forEach(mission -> written.add(mission.toBytes()));
        hippo("on: {topic: orders, where: {at: '>=2026-01-01T00:00:00Z', state: '!=SENT'}}", "concurrency: 9");
        for (byte[] mission : written) {
            book.restore(Mission.fromBytes(mission));
        }
        // read again
        offset = 0;
        event("{\"at\":\"2026-01-02T00:00:00Z\"}");
        event("{\"at\":\"2026-01-01T00:00:00Z\"}");
        assertThat(started()).isEmpty();
    }

    @Test
    void aTopicThatNoRuleAsksForIsNotDecodedAndWhatIsNoEventIsTold() throws Exception {
        hippo("on: {topic: orders, where: {}}");
        byte[] rubbish = {(byte) 0xff, 1, 2};
        assertThat(events.met(new ConsumerRecord<>("others", 0, 0, new byte[0], rubbish)))
                .isEmpty();
        assertThatThrownBy(() -> events.met(new ConsumerRecord<>("orders", 0, 0, new byte[0], rubbish)))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }
}
