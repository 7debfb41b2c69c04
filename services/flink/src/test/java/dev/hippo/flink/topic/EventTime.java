// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.StatusWatermarkValve;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.table.data.RowData;

/** The event time of an operator that several tasks send to. */
final class EventTime {
    private final StatusWatermarkValve valve;
    private final DataOutput<RowData> operator = new Operator();
    private long now = Long.MIN_VALUE;
    private boolean idle;

    EventTime(int tasks) {
        valve = new StatusWatermarkValve(tasks);
    }

    /** What one task sends to. */
    DataOutput<RowData> input(int task) {
        return new Input(task);
    }

    long now() {
        return now;
    }

    boolean idle() {
        return idle;
    }

    private static class Receiver implements DataOutput<RowData> {
        @Override
        public void emitRecord(StreamRecord<RowData> event) {}

        @Override
        public void emitWatermark(Watermark watermark) throws Exception {}

        @Override
        public void emitWatermark(WatermarkEvent watermark) {}

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) throws Exception {}

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {}

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {}
    }

    private final class Input extends Receiver {
        private final int task;

        Input(int task) {
            this.task = task;
        }

        @Override
        public void emitWatermark(Watermark watermark) throws Exception {
            valve.inputWatermark(watermark, task, operator);
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) throws Exception {
            valve.inputWatermarkStatus(status, task, operator);
        }
    }

    private final class Operator extends Receiver {
        @Override
        public void emitWatermark(Watermark watermark) {
            now = watermark.getTimestamp();
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) {
            idle = status.isIdle();
        }
    }
}
