// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import dev.hippo.kit.Progress;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.bridge.java.StreamStatementSet;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one Flink SQL step: in a mini cluster of this process, or on a cluster that the pipeline file names. */
final class FlinkService implements HippoService {
    private static final Logger log = LoggerFactory.getLogger(FlinkService.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final HippoContext context;
    private final ScheduledExecutorService observer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "observer");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable JobClient job;
    private @Nullable LagMeter lag;
    private volatile boolean stopping;

    FlinkService(HippoContext context) {
        this.context = context;
    }

    @Override
    public void start() throws Exception {
        HippoSpec hippo = context.hippo();
        HippoSettings.Flink settings = hippo.settings(HippoSettings.Flink.class);
        Path folder = context.state().checkpoints(hippo.name());
        Files.createDirectories(folder);
        Optional<Path> checkpoint = new CheckpointFolder(folder).newest();
        Configuration configuration = StepConfiguration.of(
                settings, folder, checkpoint.orElse(null), context.state().temporary(hippo.name()));
        StreamExecutionEnvironment environment = environment(settings, configuration);
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        StepPlan plan = new StepPlan(context.pipeline(), hippo, context.contracts(), client(), tables);
        try {
            plan.createTables();
            StatementSet statements = plan.statements();
            ((StreamStatementSet) statements).attachAsDataStream();
        } catch (StepMistake e) {
            throw new HippoFailure(
                    settings.sql() + ":" + e.line() + ":" + e.column() + ": error: " + e.getMessage(), e);
        }
        JobClient started = environment.executeAsync(StepPlan.kafkaName(context.pipeline(), hippo));
        job = started;
        log.info(
                "Submitted job={} from={}",
                started.getJobID(),
                checkpoint.map(Path::toString).orElse("the beginning"));
        awaitRunning(started);
        started.getJobExecutionResult().whenComplete((result, failure) -> {
            if (!stopping) {
                context.fail(
                        failure == null
                                ? new HippoFailure("the Flink job ended, though its topics have no end")
                                : failure);
            }
        });
        observer.scheduleWithFixedDelay(this::count, 0, 500, TimeUnit.MILLISECONDS);
        observer.scheduleWithFixedDelay(this::measureLag, 1, 2, TimeUnit.SECONDS);
    }

    private static StreamExecutionEnvironment environment(HippoSettings.Flink settings, Configuration configuration)
            throws HippoFailure {
        String address = settings.address();
        if (address == null) {
            return StreamExecutionEnvironment.createLocalEnvironment(settings.parallelism(), configuration);
        }
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            throw new HippoFailure("engine.flink.address '" + address + "' has no port; write host:8081");
        }
        try {
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.createRemoteEnvironment(
                    address.substring(0, colon),
                    Integer.parseInt(address.substring(colon + 1)),
                    configuration,
                    JobJars.ofThisProcess());
            environment.setParallelism(settings.parallelism());
            return environment;
        } catch (NumberFormatException e) {
            throw new HippoFailure("engine.flink.address '" + address + "' has no port; write host:8081", e);
        }
    }

    private Map<String, String> client() {
        Map<String, String> client = new java.util.HashMap<>(context.kafka().properties());
        client.put("bootstrap.servers", context.kafka().bootstrapServers());
        return client;
    }

    private void awaitRunning(JobClient started) throws HippoFailure, InterruptedException {
        long end = context.clock().millis() + START_LIMIT.toMillis();
        while (true) {
            try {
                JobStatus status = started.getJobStatus().get(10, TimeUnit.SECONDS);
                if (status == JobStatus.RUNNING) {
                    return;
                }
                if (status.isGloballyTerminalState()) {
                    started.getJobExecutionResult().get(10, TimeUnit.SECONDS);
                    throw new HippoFailure("the Flink job is " + status + " at once");
                }
            } catch (ExecutionException | TimeoutException e) {
                throw new HippoFailure("the Flink job did not start: " + root(e).getMessage(), e);
            }
            if (context.clock().millis() > end) {
                throw new HippoFailure("the Flink job was not running after " + START_LIMIT.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private void count() {
        Progress progress = context.progress();
        long[] counts = counters().take();
        progress.in(counts[0]);
        progress.out(counts[1]);
        progress.rejected(counts[2]);
        try {
            Path folder = context.state().checkpoints(context.hippo().name());
            new CheckpointFolder(folder)
                    .newest()
                    .ifPresent(checkpoint -> progress.position(
                            "checkpoint " + checkpoint.getFileName().toString().replace("chk-", "")));
        } catch (IOException | java.io.UncheckedIOException e) {
            // a checkpoint that Flink deletes while we list; the next look finds the newer one
            log.debug("checkpoint folder changed while it was read", e);
        }
    }

    private StepCounters counters() {
        return StepCounters.of(StepPlan.kafkaName(context.pipeline(), context.hippo()));
    }

    private void measureLag() {
        LagMeter meter = lag;
        if (meter == null) {
            meter = new LagMeter(
                    context.kafka(),
                    context.hippo().subscribe(),
                    StepPlan.kafkaName(context.pipeline(), context.hippo()));
            lag = meter;
        }
        try {
            context.progress().lag(meter.measure(context.progress().lag()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() throws Exception {
        stopping = true;
        observer.shutdownNow();
        if (lag != null) {
            lag.close();
        }
        JobClient running = job;
        if (running != null) {
            try {
                running.cancel().get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                log.warn("The job could not be cancelled; its last checkpoint stands", e);
            }
        }
    }
}
