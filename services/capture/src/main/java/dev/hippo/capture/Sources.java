// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.capture.classpath.ClassPath;
import dev.hippo.capture.debezium.BroughtSettings;
import dev.hippo.capture.debezium.BroughtSource;
import dev.hippo.capture.debezium.DebeziumSource;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.mariadb.MariaDbSettings;
import dev.hippo.capture.mariadb.MariaDbSource;
import dev.hippo.capture.postgres.PostgresSettings;
import dev.hippo.capture.postgres.PostgresSource;
import dev.hippo.capture.pull.CycleSource;
import dev.hippo.capture.pull.PullSettings;
import dev.hippo.capture.pull.Scan;
import dev.hippo.capture.pull.Scans;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSettings.Capture.Debezium;
import dev.hippo.pipeline.HippoSettings.Capture.Pull;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.TopicSpec;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Knows which reader reads which database. */
public final class Sources {
    private static final String POSTGRES = "jdbc:postgresql:";

    private Sources() {}

    /** The reader of a hippo's database, not connected yet. */
    static ChangeSource of(HippoContext context, Contracts contracts) throws SourceFailure {
        Capture capture = context.hippo().settings(Capture.class);
        Pull pull = capture.pull();
        if (pull != null) {
            return pull(context, capture, pull);
        }
        Debezium debezium = capture.debezium();
        if (debezium != null && debezium.isBrought()) {
            return new BroughtSource(
                    brought(context.pipeline(), context.hippo(), history(context)), contracts, context.clock());
        }
        if (debezium != null) {
            return capture.url().startsWith(POSTGRES)
                    ? DebeziumSource.postgres(
                            postgres(context, capture), contracts, context.clock(), debezium.properties())
                    : DebeziumSource.mariaDb(
                            mariaDb(context, capture),
                            contracts,
                            context.clock(),
                            history(context),
                            debezium.properties());
        }
        return capture.url().startsWith(POSTGRES)
                ? new PostgresSource(postgres(context, capture), contracts, context.clock())
                : new MariaDbSource(mariaDb(context, capture), contracts);
    }

    /**
     * A reader that is only asked what a hippo's tables are.
     *
     * @throws SourceFailure if it cannot be asked that
     */
    static ChangeSource toCheck(PipelineSpec pipeline, HippoSpec hippo, Contracts contracts)
            throws SourceFailure, InterruptedException {
        Capture capture = hippo.settings(Capture.class);
        Debezium debezium = capture.debezium();
        if (debezium != null && debezium.isBrought()) {
            throw new BroughtSource(brought(pipeline, hippo, Map.of()), contracts, InstantSource.system()).unchecked();
        }
        if (debezium == null) {
            return toDescribe(capture.url(), capture.user(), capture.password(), capture.tables());
        }
        return capture.url().startsWith(POSTGRES)
                ? DebeziumSource.postgres(
                        PostgresSettings.forHippo(
                                "", "describe", capture.url(), capture.user(), capture.password(), capture.tables(), 0),
                        contracts,
                        InstantSource.system(),
                        Map.of())
                : DebeziumSource.mariaDb(
                        MariaDbSettings.forHippo(
                                "describe", capture.url(), capture.user(), capture.password(), capture.tables(), 0),
                        contracts,
                        InstantSource.system(),
                        Map.of(),
                        Map.of());
    }

    /** A reader that is only asked what tables there are; names may have {@code *} for any characters. */
    public static ChangeSource toDescribe(String url, String user, String password, List<String> tables) {
        Contracts none = table -> {
            throw new IllegalStateException("no row of " + table.fullName() + " was asked for");
        };
        return url.startsWith(POSTGRES)
                ? new PostgresSource(
                        PostgresSettings.forHippo("", "describe", url, user, password, tables, 0),
                        none,
                        InstantSource.system())
                : new MariaDbSource(MariaDbSettings.forHippo("describe", url, user, password, tables, 0), none);
    }

    /**
     * A reader of rows alone, beside that of the hippo.
     *
     * @throws SourceFailure if the source is one whose rows cannot be read beside it
     */
    static ChangeSource beside(PipelineSpec pipeline, HippoSpec hippo, Contracts contracts) throws SourceFailure {
        Capture capture = hippo.settings(Capture.class);
        if (capture.pull() != null) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING,
                    "hippo '" + hippo.name() + "' reads all its rows in each cycle, and compares them itself");
        }
        if (capture.debezium() != null && capture.debezium().isBrought()) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING,
                    "hippo '" + hippo.name()
                            + "' reads by a connector that the pipeline brings, and rows cannot be asked for beside it; compare what a"
                            + " destination keeps with the topic (--copy HIPPO), or count in the database yourself");
        }
        String name = hippo.name() + "/beside";
        return capture.url().startsWith(POSTGRES)
                ? new PostgresSource(
                        PostgresSettings.forHippo(
                                pipeline.name(),
                                name,
                                capture.url(),
                                capture.user(),
                                capture.password(),
                                capture.tables(),
                                0),
                        contracts,
                        InstantSource.system())
                : new MariaDbSource(
                        MariaDbSettings.forHippo(
                                pipeline.name() + "/" + name,
                                capture.url(),
                                capture.user(),
                                capture.password(),
                                capture.tables(),
                                0),
                        contracts);
    }

    private static ChangeSource pull(HippoContext context, Capture capture, Pull pull) throws SourceFailure {
        String table = capture.tables().get(0);
        TopicSpec topic =
                context.pipeline().topic(Objects.requireNonNull(capture.topics().get(table)));
        Contract contract = context.contracts().contract(topic.contract()).orElseThrow();
        PullSettings settings = new PullSettings(
                table,
                contract.descriptor(),
                topic.key(),
                contract.key(topic.key()),
                pull.every(),
                !capture.changes().isEmpty(),
                context.state().pull(context.hippo().name()));
        KafkaRows told =
                new KafkaRows(context.kafka(), "rows-of-" + context.hippo().name(), topic.name());
        Scan scan = Scans.of(capture, pull, context.pipeline().folder(), contract.descriptor());
        return new CycleSource(settings, scan, told, context.clock());
    }

    /** What the columns of all tables were is kept in Kafka beside the positions, where the next process finds it wherever it runs. */
    private static Map<String, String> history(HippoContext context) {
        Map<String, String> history = new HashMap<>();
        history.put("schema.history.internal", "io.debezium.storage.kafka.history.KafkaSchemaHistory");
        history.put(
                "schema.history.internal.kafka.topic",
                "hippo-schemas." + context.pipeline().name() + "."
                        + context.hippo().name());
        history.put(
                "schema.history.internal.kafka.bootstrap.servers",
                context.kafka().bootstrapServers());
        context.kafka().properties().forEach((name, value) -> {
            history.put("schema.history.internal.producer." + name, value);
            history.put("schema.history.internal.consumer." + name, value);
        });
        return history;
    }

    private static BroughtSettings brought(PipelineSpec pipeline, HippoSpec hippo, Map<String, String> history)
            throws SourceFailure {
        Capture capture = hippo.settings(Capture.class);
        Debezium debezium = Objects.requireNonNull(capture.debezium());
        return new BroughtSettings(
                PostgresSettings.nameFor(pipeline.name(), hippo.name()),
                debezium.connector(),
                ClassPath.of(pipeline.folder(), debezium.classpath()),
                capture.user(),
                capture.password(),
                capture.tables(),
                history,
                debezium.properties());
    }

    private static PostgresSettings postgres(HippoContext context, Capture capture) {
        return PostgresSettings.forHippo(
                context.pipeline().name(),
                context.hippo().name(),
                capture.url(),
                capture.user(),
                capture.password(),
                capture.tables(),
                0);
    }

    private static MariaDbSettings mariaDb(HippoContext context, Capture capture) {
        return MariaDbSettings.forHippo(
                context.pipeline().name() + "/" + context.hippo().name(),
                capture.url(),
                capture.user(),
                capture.password(),
                capture.tables(),
                0);
    }
}
