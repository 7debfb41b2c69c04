// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.table.data.RowData;

/**
 * Lets event time go on without a partition that has no news. Flink's own time-out also gives up a partition that has unread records and waits its turn, as happens when the
 * machine is busy, and takes the first records of one partition as the time of all when a quiet topic gets news; both drop records as late that are not. Here
 *
 * <ul>
 *   <li>a partition is left out only after five quiet seconds in which nothing of the topic waited to be read, and
 *   <li>when a quiet topic gets news, event time stands still for two seconds, and until every reader has heard of it, with all partitions in, so that the records of the others
 *       can come too.
 * </ul>
 *
 * Flink makes a generator for each partition, and one more for each task before those, through which a task that was idle as a whole comes in again.
 */
final class IdleWhenCaughtUp implements WatermarkStrategy<RowData> {
    private static final long serialVersionUID = 1L;
    private static final long QUIET_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long WAKING_NANOS = Duration.ofSeconds(2).toNanos();

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
        Map<String, String> task = context.getMetricGroup().getAllVariables();
        // all tasks of a job fail and begin together
        String attempt = task.getOrDefault("<job_id>", "") + '/' + task.getOrDefault("<task_attempt_num>", "");
        TopicPulse pulse = StepCounters.of(step).starts(topic, attempt);
        return new Generator(
                strategy.createWatermarkGenerator(context),
                pulse,
                pulse.enter(task.getOrDefault("<subtask_index>", "")),
                System.nanoTime());
    }

    /** The event time of one partition. */
    static final class Generator implements WatermarkGenerator<RowData> {
        private final WatermarkGenerator<RowData> generator;
        private final TopicPulse pulse;
        private final TopicPulse.Place place;
        private boolean news;
        private long quietSince;

        Generator(WatermarkGenerator<RowData> generator, TopicPulse pulse, TopicPulse.Place place, long now) {
            this.generator = generator;
            this.pulse = pulse;
            this.place = place;
            this.quietSince = now;
        }

        @Override
        public void onEvent(RowData event, long timestamp, WatermarkOutput output) {
            news = true;
            generator.onEvent(event, timestamp, output);
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            emit(output, System.nanoTime());
        }

        void emit(WatermarkOutput output, long now) {
            if (news) {
                news = false;
                quietSince = now;
                pulse.news(now, QUIET_NANOS);
            }
            if (pulse.isWaking(place, now, WAKING_NANOS)) {
                comeIn(output);
            } else if (now - quietSince > QUIET_NANOS
                    && !pulse.isWithin(now, QUIET_NANOS)
                    && pulse.isCaughtUp(now, quietSince)) {
                pulse.left(place);
                output.markIdle();
            } else {
                if (pulse.isOut(place)) {
                    comeIn(output);
                }
                generator.onPeriodicEmit(new Recorded(output, pulse, place));
            }
        }

        /** One that was left out comes in where the topic's time stands, or nobody would wait for it; one that was not has no lower time. */
        private void comeIn(WatermarkOutput output) {
            long standing = pulse.standing();
            pulse.moved(place, standing);
            output.markActive();
            output.emitWatermark(new Watermark(standing));
        }
    }

    /** Passes everything on, and notes the time for the topic. */
    private record Recorded(WatermarkOutput output, TopicPulse pulse, TopicPulse.Place place)
            implements WatermarkOutput {
        @Override
        public void emitWatermark(Watermark watermark) {
            pulse.moved(place, watermark.getTimestamp());
            output.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            output.markIdle();
        }

        @Override
        public void markActive() {
            output.markActive();
        }
    }
}
