// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.capture.log.StoredPositions;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.verify.RowDifference;
import dev.hippo.capture.verify.TableVerification;
import dev.hippo.capture.verify.TopicImage;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.kit.HippoArguments;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Compares a captured table with the topic of its latest rows, for {@code hippo verify}: reads {@code {table, most}} as JSON from standard input, prints {@code {rows, differences}}.
 * Exit status 2 with the reason on standard error if they cannot be compared. Changes nothing anywhere.
 */
public final class Verify {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** How long a capture may need to come to where the table was read. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long LOOK_AGAIN_MILLIS = 200;

    private final PipelineSpec pipeline;
    private final HippoSpec hippo;
    private final ContractCatalog contracts;
    private final KafkaConnection kafka;

    Verify(PipelineSpec pipeline, HippoSpec hippo, ContractCatalog contracts, KafkaConnection kafka) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.contracts = contracts;
        this.kafka = kafka;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        ServiceLog.silent();
        JsonNode asked = JSON.readTree(System.in.readAllBytes());
        try {
            HippoArguments arguments = HippoArguments.parse(args);
            PipelineSpec pipeline = HippoProcess.pipeline(arguments);
            Path state = arguments.state();
            Verify verify = new Verify(
                    pipeline,
                    Objects.requireNonNull(pipeline.hippos().get(arguments.hippo())),
                    HippoProcess.contracts(pipeline),
                    KafkaConnection.of(pipeline, state == null ? StateFolder.of(pipeline) : new StateFolder(state)));
            System.out.println(
                    verify.run(asked.path("table").asText(), asked.path("most").asInt()));
            System.out.flush();
        } catch (SourceFailure | HippoFailure | KafkaUnavailable e) {
            System.err.println(e.getMessage());
            System.err.flush();
            Runtime.getRuntime().halt(2);
        }
        Runtime.getRuntime().halt(0);
    }

    /**
     * Compares.
     *
     * @param most how many rows that differ are told
     */
    ObjectNode run(String name, int most)
            throws SourceFailure, HippoFailure, KafkaUnavailable, IOException, InterruptedException {
        TopicSpec topic = pipeline.topic(
                Objects.requireNonNull(hippo.settings(Capture.class).topics().get(name)));
        Contract contract = contracts.contract(topic.contract()).orElseThrow();
        Path folder = Files.createTempDirectory("hippo-verify");
        try (ChangeSource source = Sources.beside(pipeline, hippo, new TopicContracts(pipeline, hippo, contracts));
                TopicImage image = new TopicImage(kafka, topic.name())) {
            Files.createDirectories(folder.resolve("topic"));
            Files.createDirectories(folder.resolve("table"));
            SourceTable table = source.tables().stream()
                    .filter(each -> each.fullName().equals(name))
                    .findFirst()
                    .orElseThrow();
            TableVerification verification =
                    new TableVerification(source, table, contract, topic.key(), image, this::await, most);
            List<RowDifference> differences = verification.run(folder);
            ObjectNode told = JSON.createObjectNode().put("rows", verification.rows());
            differences.forEach(
                    difference -> told.withArray("differences").add(JSON.<JsonNode>valueToTree(difference)));
            told.withArray("differences")
                    .forEach(difference -> ((ObjectNode) difference)
                            .put(
                                    "words",
                                    RowDifference.Kind.valueOf(
                                                    difference.path("kind").asText())
                                            .words()));
            return told;
        } finally {
            Files.deleteIfExists(folder.resolve("topic"));
            Files.deleteIfExists(folder.resolve("table"));
            Files.deleteIfExists(folder);
        }
    }

    /** Waits until everything up to a place is in the topic. */
    private void await(Position place) throws SourceFailure, InterruptedException {
        StoredPositions positions = new StoredPositions(kafka, pipeline.name(), hippo.name());
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            Optional<Position> stored = positions.last();
            while (stored.isEmpty() || stored.get().compareTo(place) < 0) {
                if (System.nanoTime() > end) {
                    throw new SourceFailure(
                            SourceFailure.Kind.PASSING,
                            "hippo '" + hippo.name() + "' has not come to where the table was read within "
                                    + PATIENCE.toMinutes() + " minutes; see 'hippo sources'");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
                stored = positions.last();
            }
        } catch (KafkaUnavailable | HippoFailure e) {
            throw new SourceFailure(SourceFailure.Kind.PASSING, String.valueOf(e.getMessage()), e);
        }
    }
}
