// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics on a real broker; each test has topics of its own. */
class PipelineTopicsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path brokerFolder;

    @TempDir
    Path folder;

    private static EmbeddedBroker broker;
    private static Admin admin;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = EmbeddedBroker.start(brokerFolder, 0);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    private PipelineSpec pipeline(String topicsAndHippos) throws IOException {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: shop\nkafka: {bootstrapServers: \"" + broker.bootstrapServers() + "\"}\n" + topicsAndHippos);
        PipelineReading reading = PipelineFile.read(file, null, Map.of());
        assertThat(reading.findings()).isEmpty();
        return Objects.requireNonNull(reading.spec());
    }

    private static PipelineTopics.Report ensure(PipelineSpec pipeline) throws KafkaUnavailable {
        return PipelineTopics.ensure(pipeline, connection(), PATIENCE);
    }

    private static KafkaConnection connection() {
        return new KafkaConnection(broker.bootstrapServers(), Map.of());
    }

    private static int partitions(String topic) throws Exception {
        return Objects.requireNonNull(admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic))
                .partitions()
                .size();
    }

    private static String setting(String topic, String key) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Objects.requireNonNull(
                        admin.describeConfigs(List.of(resource)).all().get().get(resource))
                .get(key)
                .value();
    }

    @Test
    void topicsAreMadeAsDeclaredWithThoseForRejectedEventsAndForControl() throws Exception {
        PipelineSpec pipeline = pipeline("""
                topics:
                  made.orders: {contract: shop.Order, partitions: 3, config: {retention.ms: "60000"}}
                  made.customers: {contract: shop.Customer, key: id, changelog: true}
                hippos:
                  gate: {kind: frontier, publish: [made.orders, made.customers], rejected: keep}
                """);
        PipelineTopics.Report report = ensure(pipeline);
        assertThat(report.created())
                .contains("made.orders", "made.customers", "made.orders.rejected", "made.customers.rejected");
        assertThat(report.differences()).isEmpty();
        assertThat(partitions("made.orders")).isEqualTo(3);
        assertThat(setting("made.orders", "retention.ms")).isEqualTo("60000");
        assertThat(setting("made.orders", "cleanup.policy")).isEqualTo("delete");
        assertThat(setting("made.customers", "cleanup.policy")).isEqualTo("compact");
        for (String control : List.of("hippo-start", "hippo-finish", "service-health")) {
            assertThat(partitions(control)).as(control).isEqualTo(1);
        }
        PipelineTopics.Report again = ensure(pipeline);
        assertThat(again.created()).as("the second time there is nothing to do").isEmpty();
        assertThat(again.differences()).isEmpty();
    }

    @Test
    void aTopicThatExistsWithOtherSettingsIsReportedAndLeftAsItIs() throws Exception {
        admin.createTopics(List.of(
                        new NewTopic("there.orders", Optional.of(2), Optional.empty())
                                .configs(Map.of("retention.ms", "1000", "cleanup.policy", "compact")),
                        new NewTopic("there.customers", Optional.of(4), Optional.empty())))
                .all()
                .get();
        PipelineTopics.Report report = ensure(pipeline("""
                topics:
                  there.orders: {contract: shop.Order, partitions: 3, config: {retention.ms: "60000"}}
                  there.customers: {contract: shop.Customer, key: id, changelog: true, partitions: 4}
                """));
        assertThat(report.created()).doesNotContain("there.orders", "there.customers");
        assertThat(report.differences())
                .containsExactlyInAnyOrder(
                        "topic 'there.orders' has 2 partitions, declared are 3",
                        "topic 'there.orders' has retention.ms=1000, declared is 60000",
                        "topic 'there.orders' has cleanup.policy=compact, declared is delete",
                        "topic 'there.customers' has cleanup.policy=delete, declared is compact");
        assertThat(partitions("there.orders")).isEqualTo(2);
        assertThat(setting("there.orders", "retention.ms")).isEqualTo("1000");
        assertThat(setting("there.orders", "cleanup.policy")).isEqualTo("compact");
        assertThat(setting("there.customers", "cleanup.policy")).isEqualTo("delete");
    }

    @Test
    void aSettingThatKafkaDoesNotKnowIsToldWithTheTopic() throws Exception {
        PipelineSpec pipeline = pipeline("""
                topics:
                  odd.orders: {contract: shop.Order, config: {retention.minutes: "5"}}
                """);
        assertThatThrownBy(() -> ensure(pipeline))
                .isInstanceOf(KafkaUnavailable.class)
                .hasMessageContaining("refuses to make topic 'odd.orders'")
                .hasMessageContaining("retention.minutes")
                .hasMessageContaining("mend its settings");
    }

    @Test
    void aKafkaThatDoesNotAnswerIsToldInBoundedTime() throws Exception {
        PipelineSpec pipeline = pipeline("topics: {lost.orders: {contract: shop.Order}}\n");
        assertThatThrownBy(() -> PipelineTopics.ensure(
                        pipeline, new KafkaConnection("127.0.0.1:1", Map.of()), Duration.ofSeconds(2)))
                .isInstanceOf(KafkaUnavailable.class)
                .hasMessageContaining("Kafka at 127.0.0.1:1")
                .hasMessageContaining("check that it runs");
    }

    @Test
    void offsetsTellHowFullATopicIsAndLeaveOutOnesThatAreNotThere() throws Exception {
        ensure(pipeline("topics: {full.orders: {contract: shop.Order, partitions: 2}}\n"));
        List<TopicOffsets> offsets = TopicOffsets.read(connection(), List.of("full.orders", "full.absent"), PATIENCE);
        assertThat(offsets).containsExactly(new TopicOffsets("full.orders", 2, 0, 0, Map.of()));
    }

    private static long assigned(String service) throws KafkaUnavailable {
        return AssignmentLog.write(
                        connection(),
                        "test",
                        List.of(Assignment.of("shop", service, "one", true, "doctor", "moved", Instant.EPOCH)))
                .get(0)
                .epoch();
    }

    private static List<Assignment> read(AssignmentLog log) {
        List<Assignment> read = new ArrayList<>();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            read.addAll(log.poll(Duration.ofMillis(100)));
            return log.atEnd();
        });
        return read;
    }

    @Test
    void aLogOfAssignmentsThatIsMadeAnewIsNoticedByWhoReadsItAndByWhoOpensIt() throws Exception {
        PipelineSpec pipeline = pipeline("hippos: {gate: {kind: query}}\n");
        ensure(pipeline);
        assigned("a");
        long epoch = assigned("b");
        try (AssignmentLog log = AssignmentLog.open(connection(), "reader", "shop", epoch)) {
            assertThat(read(log)).last().extracting(Assignment::epoch).isEqualTo(epoch);
            admin.deleteTopics(List.of(ControlTopics.SERVICES)).all().get();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> ensure(pipeline).created().contains(ControlTopics.SERVICES));
            assertThat(assigned("c")).isLessThan(epoch);
            assertThatThrownBy(() -> Awaitility.await()
                            .atMost(PATIENCE)
                            .until(() -> log.poll(Duration.ofMillis(100)), read -> !read.isEmpty()))
                    .isInstanceOf(AssignmentLog.Remade.class)
                    .hasMessageContaining("stop every agent of pipeline 'shop'");
        }
        assertThatThrownBy(() -> AssignmentLog.open(connection(), "reader", "shop", epoch))
                .isInstanceOf(AssignmentLog.Remade.class)
                .hasMessageContaining("it ends at offset 1, and epoch " + epoch + " was given out");
    }
}
