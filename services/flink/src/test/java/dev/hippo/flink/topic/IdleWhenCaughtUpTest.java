// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkOutputMultiplexer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

class IdleWhenCaughtUpTest {
    private static final RowData EVENT = new GenericRowData(0);
    private static final long NEVER = Long.MIN_VALUE;

    private static final WatermarkOutputMultiplexer.WatermarkUpdateListener NOBODY =
            new WatermarkOutputMultiplexer.WatermarkUpdateListener() {
                @Override
                public void onIdleUpdate(boolean idle) {}

                @Override
                public void onWatermarkUpdate(long watermark) {}
            };

    private final TopicPulse pulse = new TopicPulse();
    private final EventTime eventTime = new EventTime();
    private final WatermarkOutputMultiplexer multiplexer = new WatermarkOutputMultiplexer(eventTime);
    private long now = Duration.ofDays(-3).toNanos(); // nanoTime may be negative
    private final Partition first = new Partition("0");
    private final Partition second = new Partition("1");

    @Test
    void theFirstRecordsOfOnePartitionAreNotTheTimeOfAll() {
        nothingWaits();
        pass(30);
        first.event(1_000);
        pass(1);
        second.event(10);
        assertThat(eventTime.now).isEqualTo(NEVER);
        pass(3);
        assertThat(eventTime.now).isEqualTo(10);
    }

    @Test
    void timeGoesOnWithoutAPartitionThatStaysQuiet() {
        first.event(1_000);
        for (int i = 0; i < 9; i++) {
            nothingWaits();
            pass(1);
            first.event(1_000 + i);
        }
        assertThat(eventTime.now).isGreaterThanOrEqualTo(1_000);
    }

    @Test
    void timeWaitsForAPartitionThatHasUnreadRecords() {
        first.event(1_000);
        for (int i = 0; i < 60; i++) {
            pulse.caughtUp(false, now);
            pass(1);
            first.event(1_001 + i);
        }
        assertThat(eventTime.now).isEqualTo(NEVER);
        second.event(20);
        pass(1);
        assertThat(eventTime.now).isEqualTo(20);
    }

    @Test
    void whenAQuietTopicWakesTheLateComerIsWaitedForFromWhereTimeStands() {
        first.event(100);
        second.event(200);
        pass(3);
        nothingWaits();
        pass(10);
        assertThat(eventTime.now).isEqualTo(200);
        assertThat(eventTime.idle).isTrue();
        first.event(5_000);
        pass(1);
        assertThat(eventTime.now).isEqualTo(200);
        second.event(300);
        pass(2);
        assertThat(eventTime.now).isEqualTo(300);
    }

    @Test
    void tasksThatStartAgainForgetTheTimeTheyHad() {
        first.event(9_000);
        second.event(9_000);
        pass(3);
        pulse.restart();
        assertThat(pulse.eventTime()).isEqualTo(NEVER);
        assertThat(pulse.isCaughtUp(now)).isFalse();
    }

    private void nothingWaits() {
        pulse.caughtUp(true, now);
    }

    /** Lets time pass, with the periodic calls that Flink makes; a topic that was caught up is measured so again. */
    private void pass(int seconds) {
        for (int i = 1; i <= seconds * 5; i++) {
            now += Duration.ofMillis(200).toNanos();
            if (pulse.isCaughtUp(now) && i % 10 == 0) {
                nothingWaits();
            }
            first.periodic();
            second.periodic();
            multiplexer.onPeriodicEmit();
        }
    }

    private final class Partition {
        private final WatermarkOutput output;
        private final IdleWhenCaughtUp.Generator generator;

        Partition(String id) {
            multiplexer.registerNewOutput(id, NOBODY);
            output = multiplexer.getDeferredOutput(id);
            generator = new IdleWhenCaughtUp.Generator(new Highest(), pulse, now);
        }

        void event(long time) {
            generator.onEvent(EVENT, time, output);
        }

        void periodic() {
            generator.emit(output, now);
        }
    }

    /** The highest time so far, without lateness. */
    private static final class Highest implements WatermarkGenerator<RowData> {
        private long highest = NEVER;

        @Override
        public void onEvent(RowData event, long timestamp, WatermarkOutput output) {
            highest = Math.max(highest, timestamp);
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.emitWatermark(new Watermark(highest));
        }
    }

    /** What the task makes of its partitions. */
    private static final class EventTime implements WatermarkOutput {
        private long now = NEVER;
        private boolean idle;

        @Override
        public void emitWatermark(Watermark watermark) {
            idle = false;
            now = watermark.getTimestamp();
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            idle = false;
        }
    }
}
