// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.flink.sql.StepPlan;
import dev.hippo.flink.topic.StepCounters;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.Progress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a running step and tells the process what it does: counts, checkpoint, lag. Owns one thread. */
final class StepObserver implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StepObserver.class);

    private static final Duration STILL = Duration.ofSeconds(30);

    private final HippoContext context;
    private final JobID job;
    private final CheckpointFolder checkpoints;
    private final boolean local;
    private final StepCounters counters;
    private final TopicLag lag;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "observer");
        made.setDaemon(true);
        return made;
    });
    private long in;
    private long out;
    private long rejected;
    private long readBefore = -1;
    private long lastCheckpoint = -1;
    private Map<TopicPartition, Long> lastPositions = Map.of();
    private Map<TopicPartition, Long> lastBehind = Map.of();
    private Instant stillSince = Instant.EPOCH;

    StepObserver(HippoContext context, JobID job, CheckpointFolder checkpoints, boolean local) {
        this.context = context;
        this.job = job;
        this.checkpoints = checkpoints;
        this.local = local;
        String step = StepPlan.stepName(context.pipeline(), context.hippo());
        this.counters = StepCounters.of(step);
        this.lag = new TopicLag(context.kafka(), context.hippo().subscribe(), step, Duration.ofSeconds(5));
    }

    void start() {
        if (local) {
            gauge("hippo.flink.restarts", StepMetrics.RESTARTS);
            gauge("hippo.flink.checkpoint.millis", StepMetrics.CHECKPOINT_MILLIS);
            gauge("hippo.flink.checkpoint.bytes", StepMetrics.CHECKPOINT_BYTES);
            gauge("hippo.flink.checkpoints.failed", StepMetrics.CHECKPOINTS_FAILED);
        }
        thread.scheduleWithFixedDelay(() -> look(this::count), 0, 500, TimeUnit.MILLISECONDS);
        thread.scheduleWithFixedDelay(() -> look(this::measureLag), 1, 2, TimeUnit.SECONDS);
    }

    private void gauge(String name, String metric) {
        context.meters().gauge(name, metric, m -> StepMetrics.sum(m).orElse(0));
    }

    /** A look that fails is tried again with the next; it must not end the looking. */
    private void look(Look look) {
        try {
            look.once();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.debug("A look at the step failed", e);
        }
    }

    private interface Look {
        void once() throws IOException, ExecutionException, TimeoutException, InterruptedException;
    }

    private void count() throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Progress progress = context.progress();
        if (local) {
            long nowIn = counters.in();
            long nowOut = counters.out();
            long nowRejected = counters.setAside();
            progress.in(nowIn - in);
            progress.out(nowOut - out);
            progress.rejected(nowRejected - rejected);
            in = nowIn;
            out = nowOut;
            rejected = nowRejected;
        }
        long checkpoint = checkpoint();
        if (checkpoint > lastCheckpoint) {
            lastCheckpoint = checkpoint;
            progress.position("checkpoint " + checkpoint);
            checkpoints.keepOnly(job);
        }
    }

    /** The number of this job's newest checkpoint; -1 before the first. */
    private long checkpoint() throws IOException {
        if (local) {
            return StepMetrics.sum(StepMetrics.CHECKPOINT).orElse(-1);
        }
        return checkpoints
                .newest()
                .filter(folder -> String.valueOf(folder.getParent()).endsWith(job.toHexString()))
                .map(folder -> Long.parseLong(folder.getName().substring("chk-".length())))
                .orElse(-1L);
    }

    private void measureLag() throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, Long> positions = new HashMap<>(lag.committed());
        counters.positions().forEach((partition, next) -> positions.merge(partition, next, Math::max));
        Map<TopicPartition, Long> behind = lag.behind(positions);
        if (local) {
            boolean still = isStill(positions, behind);
            counters.behind(behind, still);
            context.progress().lag(still ? 0 : sum(behind));
        } else {
            // the cluster's tasks count in their own processes; what the group commits at each checkpoint tells here
            long read = sum(positions);
            context.progress().in(readBefore < 0 ? 0 : Math.max(0, read - readBefore));
            readBefore = read;
            context.progress().lag(sum(behind));
        }
    }

    /**
     * Whether there is nothing more to read: the sources say so, and nothing has moved. What is left then are records of aborted transactions and the marks
     * of all, which no reader is given. The sources alone are not to be believed: they do not know of records that they have fetched and not given on.
     */
    private boolean isStill(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> behind) {
        Instant now = context.clock().instant();
        boolean nothingPending = StepMetrics.sum(StepMetrics.PENDING).orElse(-1) == 0;
        if (!nothingPending || !positions.equals(lastPositions) || !behind.equals(lastBehind)) {
            stillSince = now;
        }
        lastPositions = positions;
        lastBehind = behind;
        boolean markers = behind.values().stream().allMatch(each -> each <= StepCounters.MARKERS);
        return nothingPending && (markers || Duration.between(stillSince, now).compareTo(STILL) > 0);
    }

    private static long sum(Map<TopicPartition, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        lag.close();
    }
}
