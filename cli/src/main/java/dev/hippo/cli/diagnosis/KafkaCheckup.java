// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.diagnosis;

import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.PipelineTopics;
import dev.hippo.wire.TopicReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Looks at Kafka: whether it answers, what it can, whether the pipeline's topics are as declared, whether its records' times fit this host's clock. */
public final class KafkaCheckup {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration AHEAD = Duration.ofSeconds(2);

    private final PipelineSpec pipeline;
    private final KafkaConnection kafka;

    public KafkaCheckup(PipelineSpec pipeline, KafkaConnection kafka) {
        this.pipeline = pipeline;
        this.kafka = kafka;
    }

    /** What was found. */
    public List<Symptom> look(Instant now) {
        List<Symptom> symptoms = new ArrayList<>();
        try {
            symptoms.add(Symptom.well("kafka", kafka.bootstrapServers() + " answers: " + cluster()));
            topics(symptoms);
            symptoms.add(clock(now));
        } catch (KafkaUnavailable e) {
            symptoms.add(Symptom.sick(
                    "kafka",
                    String.valueOf(e.getMessage()),
                    "see 'hippo status'; an embedded Kafka is started by 'hippo up', another by those who run it"));
        }
        return symptoms;
    }

    private String cluster() throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties("hippo-doctor");
        client.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
        client.put("request.timeout.ms", (int) PATIENCE.toMillis() / 2);
        try (Admin admin = kafka.admin(client)) {
            int nodes = admin.describeCluster().nodes().get().size();
            Map<String, String> features = new TreeMap<>();
            admin.describeFeatures()
                    .featureMetadata()
                    .get()
                    .finalizedFeatures()
                    .forEach((name, range) -> features.put(name, Short.toString(range.maxVersionLevel())));
            return nodes
                    + (nodes == 1 ? " broker" : " brokers")
                    + (features.isEmpty() ? "" : ", " + features.toString().replaceAll("[{}]", ""));
        } catch (ExecutionException e) {
            throw new KafkaUnavailable(
                    "Kafka at " + kafka.bootstrapServers() + " does not answer: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while asking Kafka", e);
        }
    }

    private void topics(List<Symptom> symptoms) throws KafkaUnavailable {
        PipelineTopics.Report report = PipelineTopics.look(pipeline, kafka, PATIENCE);
        if (!report.created().isEmpty()) {
            symptoms.add(Symptom.sick(
                    "topics", "missing are " + String.join(", ", report.created()), "'hippo up' makes them"));
        }
        for (String difference : report.differences()) {
            symptoms.add(Symptom.warning("topics", difference, "change it with Kafka's tools, or change the file"));
        }
        if (report.created().isEmpty() && report.differences().isEmpty()) {
            symptoms.add(Symptom.well("topics", "all are there, as declared"));
        }
    }

    /** Heartbeats carry the times of their senders; none can be from the future. */
    private Symptom clock(Instant now) throws KafkaUnavailable {
        Instant latest = Instant.EPOCH;
        try (TopicReader reader = TopicReader.open(kafka, "hippo-doctor", ControlTopics.SERVICE_HEALTH)) {
            reader.start(20);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    Instant at = Instant.ofEpochMilli(record.timestamp());
                    latest = at.isAfter(latest) ? at : latest;
                }
            }
        }
        return clock(latest, now);
    }

    static Symptom clock(Instant latest, Instant now) {
        if (latest.isAfter(now.plus(AHEAD))) {
            return Symptom.sick(
                    "clock",
                    "a heartbeat is from " + latest + ", which is "
                            + Duration.between(now, latest).toSeconds() + " s ahead of this host's clock",
                    "set the clocks of the hosts by NTP; times of rules and exec_date are compared across hosts");
        }
        return Symptom.well("clock", "no heartbeat is ahead of this host's clock");
    }
}
