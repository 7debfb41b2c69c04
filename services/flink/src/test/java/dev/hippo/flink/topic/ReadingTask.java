// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.util.function.Supplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.streaming.api.operators.source.TimestampsAndWatermarks;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.clock.SystemClock;

/** What Flink makes of the event times of the partitions that one task reads. */
final class ReadingTask {
    private static final RowData EVENT = new GenericRowData(0);

    private final TimestampsAndWatermarks<RowData> times;
    private final ReaderOutput<RowData> output;

    ReadingTask(DataOutput<RowData> to, Supplier<WatermarkGenerator<RowData>> generators) {
        TaskMetricGroup metrics = UnregisteredMetricGroups.createUnregisteredTaskMetricGroup();
        SystemClock clock = SystemClock.getInstance();
        times = TimestampsAndWatermarks.createProgressiveEventTimeLogic(
                new Strategy(generators), metrics, null, 200, clock, clock, metrics.getIOMetricGroup());
        output = times.createMainOutput(to, new Unobserved());
    }

    /** One more partition. */
    Partition partition(String name) {
        return new Partition(output.createOutputForSplit(name));
    }

    /** What Flink does every 200 ms. */
    void periodic() {
        times.emitImmediateWatermark(0);
    }

    record Partition(SourceOutput<RowData> output) {
        void event(long time) {
            output.collect(EVENT, time);
        }
    }

    private static final class Strategy implements WatermarkStrategy<RowData> {
        private static final long serialVersionUID = 1L;

        private final transient Supplier<WatermarkGenerator<RowData>> generators;

        Strategy(Supplier<WatermarkGenerator<RowData>> generators) {
            this.generators = generators;
        }

        @Override
        public WatermarkGenerator<RowData> createWatermarkGenerator(WatermarkGeneratorSupplier.Context context) {
            return generators.get();
        }
    }

    private static final class Unobserved implements TimestampsAndWatermarks.WatermarkUpdateListener {
        @Override
        public void updateIdle(boolean idle) {}

        @Override
        public void updateCurrentEffectiveWatermark(long watermark) {}

        @Override
        public void updateCurrentSplitWatermark(String split, long watermark) {}

        @Override
        public void updateCurrentSplitIdle(String split, boolean idle) {}

        @Override
        public void splitFinished(String split) {}
    }
}
