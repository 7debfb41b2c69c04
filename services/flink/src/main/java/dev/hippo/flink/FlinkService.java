// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.flink.sql.StepMistake;
import dev.hippo.flink.sql.StepPlan;
import dev.hippo.flink.topic.TopicBinding;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.bridge.java.StreamStatementSet;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one Flink SQL step: in a mini cluster of this process, or on a cluster that the pipeline file names. */
final class FlinkService implements HippoService {
    private static final Logger log = LoggerFactory.getLogger(FlinkService.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration KAFKA_WAIT = Duration.ofSeconds(20);

    private final HippoContext context;
    private final HippoSpec hippo;
    private final HippoSettings.Flink settings;
    private final String step;
    private @Nullable JobClient job;
    private @Nullable StepObserver observer;
    private volatile boolean stopping;

    FlinkService(HippoContext context) {
        this.context = context;
        this.hippo = context.hippo();
        this.settings = hippo.settings(HippoSettings.Flink.class);
        this.step = StepPlan.stepName(context.pipeline(), hippo);
    }

    @Override
    public void start() throws Exception {
        java.nio.file.Path local = context.state().checkpoints(hippo.name());
        Files.createDirectories(local);
        Configuration configuration =
                StepConfiguration.of(settings, step, local, context.state().temporary(hippo.name()));
        String address = settings.address();
        RemoteCluster cluster = address == null ? null : RemoteCluster.at(address);
        if (cluster != null) {
            cluster.endRunning(step, START_LIMIT);
        }
        Path folder = new Path(configuration.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY));
        CheckpointFolder checkpoints = new CheckpointFolder(folder);
        Optional<Path> checkpoint = checkpoints.newest();
        checkpoint.ifPresent(newest -> configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.toString()));
        StreamExecutionEnvironment environment = cluster == null
                ? StreamExecutionEnvironment.createLocalEnvironment(settings.parallelism(), configuration)
                : cluster.environment(configuration, settings.parallelism());
        translate(StreamTableEnvironment.create(environment), begin(checkpoint, folder));
        JobClient started = environment.executeAsync(step);
        job = started;
        String from = checkpoint.map(Path::toString).orElse("the beginning");
        log.info("Submitted job={} from={}", started.getJobID(), from);
        awaitRunning(started, from);
        started.getJobExecutionResult().whenComplete((result, failure) -> ended(failure));
        StepObserver looking = new StepObserver(context, started.getJobID(), checkpoints, cluster == null);
        observer = looking;
        looking.start();
    }

    private void translate(StreamTableEnvironment tables, TopicBinding.Start begin) throws HippoFailure, IOException {
        Map<String, String> client = new HashMap<>(context.kafka().properties());
        client.put("bootstrap.servers", context.kafka().bootstrapServers());
        StepPlan plan = new StepPlan(context.pipeline(), hippo, context.contracts(), client, begin, tables);
        try {
            StreamStatementSet statements = (StreamStatementSet) plan.statements();
            try {
                statements.attachAsDataStream();
            } catch (ValidationException | TableException e) {
                throw plan.mistake(e);
            }
        } catch (StepMistake e) {
            throw new HippoFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Where a step without a checkpoint begins. One that has run before and lost its checkpoints would either write its results again or forget what it
     * had counted: that is for the user to say.
     */
    private TopicBinding.Start begin(Optional<Path> checkpoint, Path folder)
            throws HippoFailure, ExecutionException, TimeoutException, InterruptedException {
        String said = settings.config().get(StepConfiguration.OURS + "start");
        if (said != null && !said.equals("earliest") && !said.equals("committed")) {
            throw new HippoFailure("engine.flink.config has hippo.start '" + said + "'; write earliest or committed");
        }
        if (said == null && checkpoint.isEmpty()) {
            try (TopicLag topics = new TopicLag(context.kafka(), hippo.subscribe(), step, KAFKA_WAIT)) {
                if (!topics.committed().isEmpty()) {
                    throw new HippoFailure("step '" + hippo.name() + "' has read its topics before, as consumer group '"
                            + step + "', but its checkpoints are not in " + folder
                            + "; bring them back, or say under engine.flink.config how to start anew: 'hippo.start: earliest' reads all again and"
                            + " writes every result a second time, 'hippo.start: committed' goes on behind what was read and has forgotten what it"
                            + " had counted");
                }
            }
        }
        return "committed".equals(said) ? TopicBinding.Start.COMMITTED : TopicBinding.Start.EARLIEST;
    }

    private void awaitRunning(JobClient started, String from) throws Exception {
        long end = context.clock().millis() + START_LIMIT.toMillis();
        while (true) {
            JobStatus status = started.getJobStatus().get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (status == JobStatus.RUNNING) {
                return;
            }
            if (status.isGloballyTerminalState()) {
                try {
                    started.getJobExecutionResult().get(10, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    throw StartProblem.of(e, hippo, settings, from);
                }
                throw new IllegalStateException("the Flink job is " + status + " at once");
            }
            if (context.clock().millis() > end) {
                throw new TimeoutException("the Flink job was not running after " + START_LIMIT.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private void ended(@Nullable Throwable failure) {
        if (!stopping) {
            context.fail(
                    failure == null
                            ? new HippoFailure("the Flink job ended, though its topics have no end")
                            : StartProblem.root(failure));
        }
    }

    @Override
    public void stop() throws Exception {
        stopping = true;
        if (observer != null) {
            observer.close();
        }
        JobClient running = job;
        if (running != null) {
            try {
                running.cancel().get(10, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                log.warn("The job could not be cancelled; its last checkpoint stands", e);
            }
        }
    }
}
