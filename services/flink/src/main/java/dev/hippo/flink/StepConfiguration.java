// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.pipeline.HippoSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.api.config.TableConfigOptions;

/** The Flink settings of a step: ours, with the user's over them. */
final class StepConfiguration {
    /** Settings that begin so are ours, not Flink's. */
    static final String OURS = "hippo.";

    private StepConfiguration() {}

    /**
     * What a running step is configured with.
     *
     * @param checkpoints the step's own folder, unless the user's settings name a place that all processes of a cluster reach
     * @param step {@code pipeline.hippo}
     */
    static Configuration of(HippoSettings.Flink settings, String step, Path checkpoints, Path temporary) {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpoint());
        configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        configuration.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(2));
        // a hiccup is retried here; what lasts ends the process, and its supervisor starts it from the newest
        // checkpoint
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
        configuration.set(PipelineOptions.NAME, step);
        if (settings.address() == null) {
            ownCluster(configuration, temporary);
        }
        configuration.addAll(forPlanning(settings));
        String shared = configuration.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY);
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                shared == null ? checkpoints.toUri().toString() : shared.replaceFirst("/*$", "/") + step);
        return configuration;
    }

    private static void ownCluster(Configuration configuration, Path temporary) {
        configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
        configuration.set(MetricOptions.REPORTERS_LIST, StepMetrics.NAME);
        configuration.setString(
                "metrics.reporter." + StepMetrics.NAME + ".factory.class", StepMetrics.Factory.class.getName());
        configuration.set(MetricOptions.LATENCY_INTERVAL, Duration.ZERO);
    }

    /** What decides how the SQL is planned; the check plans with the same. */
    static Configuration forPlanning(HippoSettings.Flink settings) {
        Configuration configuration = new Configuration();
        configuration.set(CoreOptions.DEFAULT_PARALLELISM, settings.parallelism());
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(TableConfigOptions.LOCAL_TIME_ZONE, "UTC");
        // halves the work of aggregates without a window
        configuration.set(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ENABLED, true);
        configuration.set(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ALLOW_LATENCY, Duration.ofMillis(500));
        configuration.set(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_SIZE, 20_000L);
        if (settings.address() != null) {
            // tasks in other processes do not know whether a topic has been read to its end (IdleWhenCaughtUp); there,
            // only time tells
            configuration.set(ExecutionConfigOptions.TABLE_EXEC_SOURCE_IDLE_TIMEOUT, Duration.ofMinutes(1));
        }
        settings.config().forEach((key, value) -> {
            if (!key.startsWith(OURS)) {
                configuration.setString(key, value);
            }
        });
        return configuration;
    }
}
