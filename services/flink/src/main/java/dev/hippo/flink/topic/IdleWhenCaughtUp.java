// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.table.data.RowData;

/**
 * Lets event time go on without a partition that has no news. Flink's own time-out also gives up a partition that has unread records and waits its turn, as happens when the
 * machine is busy, and then drops those records as late; this one waits until the topic has been read to its end.
 */
final class IdleWhenCaughtUp implements WatermarkStrategy<RowData> {
    private static final long serialVersionUID = 1L;
    private static final long QUIET_NANOS = Duration.ofSeconds(5).toNanos();

    private final WatermarkStrategy<RowData> strategy;
    private final String step;
    private final String topic;

    IdleWhenCaughtUp(WatermarkStrategy<RowData> strategy, String step, String topic) {
        this.strategy = strategy;
        this.step = step;
        this.topic = topic;
    }

    @Override
    public TimestampAssigner<RowData> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return strategy.createTimestampAssigner(context);
    }

    @Override
    public WatermarkGenerator<RowData> createWatermarkGenerator(WatermarkGeneratorSupplier.Context context) {
        return new Generator(strategy.createWatermarkGenerator(context), StepCounters.of(step), topic);
    }

    private static final class Generator implements WatermarkGenerator<RowData> {
        private final WatermarkGenerator<RowData> generator;
        private final StepCounters counters;
        private final String topic;
        private boolean news = true;
        private long quietSince = System.nanoTime();

        Generator(WatermarkGenerator<RowData> generator, StepCounters counters, String topic) {
            this.generator = generator;
            this.counters = counters;
            this.topic = topic;
        }

        @Override
        public void onEvent(RowData event, long timestamp, WatermarkOutput output) {
            news = true;
            generator.onEvent(event, timestamp, output);
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            long now = System.nanoTime();
            if (news) {
                news = false;
                quietSince = now;
            }
            if (now - quietSince > QUIET_NANOS && counters.isCaughtUp(topic)) {
                output.markIdle();
            } else {
                generator.onPeriodicEmit(output);
            }
        }
    }
}
