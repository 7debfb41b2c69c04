// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** The few of Flink's own metrics that a step's process tells on. Flink makes it, as it runs in the same process. Thread-safe. */
public final class StepMetrics implements MetricReporter {
    static final String NAME = "hippo";

    /** Flink's name of the number of records that its sources know of and have not read. */
    static final String PENDING = "pendingRecords";

    static final String RESTARTS = "numRestarts";
    static final String CHECKPOINT = "lastCompletedCheckpointId";
    static final String CHECKPOINT_MILLIS = "lastCheckpointDuration";
    static final String CHECKPOINT_BYTES = "lastCheckpointSize";
    static final String CHECKPOINTS_FAILED = "numberOfFailedCheckpoints";

    private static final Map<String, Map<Metric, String>> KEPT = new ConcurrentHashMap<>(Map.of(
            PENDING, new ConcurrentHashMap<>(),
            RESTARTS, new ConcurrentHashMap<>(),
            CHECKPOINT, new ConcurrentHashMap<>(),
            CHECKPOINT_MILLIS, new ConcurrentHashMap<>(),
            CHECKPOINT_BYTES, new ConcurrentHashMap<>(),
            CHECKPOINTS_FAILED, new ConcurrentHashMap<>()));

    private StepMetrics() {}

    /** How Flink makes it. */
    public static final class Factory implements MetricReporterFactory {
        @Override
        public MetricReporter createMetricReporter(Properties properties) {
            return new StepMetrics();
        }
    }

    /** The sum of the metrics of that name; empty while there is none, or one has no value yet. */
    static OptionalLong sum(String name) {
        Map<Metric, String> metrics = Optional.ofNullable(KEPT.get(name)).orElse(Map.of());
        if (metrics.isEmpty()) {
            return OptionalLong.empty();
        }
        long sum = 0;
        for (Metric metric : metrics.keySet()) {
            if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number value) {
                sum += value.longValue();
            } else if (metric instanceof Counter counter) {
                sum += counter.getCount();
            } else {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(sum);
    }

    @Override
    public void open(MetricConfig config) {}

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        Map<Metric, String> kept = KEPT.get(name);
        if (kept != null) {
            kept.put(metric, name);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        Map<Metric, String> kept = KEPT.get(name);
        if (kept != null) {
            kept.remove(metric);
        }
    }
}
