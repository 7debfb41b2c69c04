// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.capture.destination.CopyVerification;
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
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSettings.Destination;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;

/**
 * Compares a captured table with the topic of its latest rows, or that with the copy that a destination keeps, for {@code hippo verify}: reads {@code {table, most, copy}} as JSON from
 * standard input, {@code copy} being the destination's hippo or empty, and prints {@code {rows, differences}}. Exit status 2 with the reason on standard error if they cannot be compared. Changes nothing anywhere.
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
    private final StateFolder state;

    Verify(
            PipelineSpec pipeline,
            HippoSpec hippo,
            ContractCatalog contracts,
            KafkaConnection kafka,
            StateFolder state) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.contracts = contracts;
        this.kafka = kafka;
        this.state = state;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        ServiceLog.silent();
        JsonNode asked = JSON.readTree(System.in.readAllBytes());
        try {
            HippoArguments arguments = HippoArguments.parse(args);
            PipelineSpec pipeline = HippoProcess.pipeline(arguments);
            Path named = arguments.state();
            StateFolder state = named == null ? StateFolder.of(pipeline) : new StateFolder(named);
            Verify verify = new Verify(
                    pipeline,
                    Objects.requireNonNull(pipeline.hippos().get(arguments.hippo())),
                    HippoProcess.contracts(pipeline),
                    KafkaConnection.of(pipeline, state),
                    state);
            String table = asked.path("table").asText();
            int most = asked.path("most").asInt();
            String copy = asked.path("copy").asText();
            System.out.println(
                    copy.isEmpty()
                            ? verify.run(table, most)
                            : verify.copy(
                                    table,
                                    Objects.requireNonNull(pipeline.hippos().get(copy)),
                                    most));
            System.out.flush();
        } catch (SourceFailure | HippoFailure | KafkaUnavailable | KafkaException e) {
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
        TopicContracts mapped = new TopicContracts(pipeline, hippo, contracts);
        try (ChangeSource source = mapped.filtered(Sources.beside(pipeline, hippo, mapped));
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
            return told(verification.rows(), differences);
        } finally {
            Files.deleteIfExists(folder.resolve("topic"));
            Files.deleteIfExists(folder.resolve("table"));
            Files.deleteIfExists(folder);
        }
    }

    /**
     * Compares the copy that a destination keeps of a table with the topic of its latest rows.
     *
     * @param most how many rows that differ are told
     */
    ObjectNode copy(String name, HippoSpec destination, int most)
            throws HippoFailure, KafkaUnavailable, InterruptedException {
        TopicSpec topic = pipeline.topic(
                Objects.requireNonNull(hippo.settings(Capture.class).topics().get(name)));
        HippoContext context = new HippoContext(pipeline, destination, state, contracts, kafka, InstantSource.system());
        boolean whole = destination.settings(Destination.class).whole();
        CopyVerification verification = new CopyVerification(context, topic, whole ? name : topic.name(), PATIENCE);
        List<RowDifference> differences = verification.run(most);
        return told(verification.rows(), differences);
    }

    private static ObjectNode told(long rows, List<RowDifference> differences) {
        ObjectNode told = JSON.createObjectNode().put("rows", rows);
        for (RowDifference difference : differences) {
            ObjectNode node = JSON.valueToTree(difference);
            told.withArray("differences")
                    .add(node.put("words", difference.kind().words()));
        }
        return told;
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
