// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

/** Two tasks with two partitions each, and Flink's own parts between them and the operator behind. */
class IdleWhenCaughtUpTest {
    private static final long NEVER = Long.MIN_VALUE;

    private final TopicPulse pulse = new TopicPulse();
    private final EventTime eventTime = new EventTime(2);
    private long now = Duration.ofDays(-3).toNanos(); // nanoTime may be negative
    private final List<ReadingTask> tasks = new ArrayList<>();
    private final ReadingTask.Partition first;
    private final ReadingTask.Partition second;
    private final ReadingTask.Partition third;
    private final ReadingTask.Partition fourth;

    IdleWhenCaughtUpTest() {
        pulse.begin("job/0");
        tasks.add(new ReadingTask(eventTime.input(0), () -> generator("0")));
        tasks.add(new ReadingTask(eventTime.input(1), () -> generator("1")));
        first = tasks.get(0).partition("0");
        second = tasks.get(0).partition("1");
        third = tasks.get(1).partition("2");
        fourth = tasks.get(1).partition("3");
    }

    @Test
    void theFirstRecordsOfOnePartitionAreNotTheTimeOfAll() {
        nothingWaits();
        pass(30);
        first.event(1_000);
        third.event(1_000);
        fourth.event(1_000);
        pass(1);
        second.event(10);
        assertThat(eventTime.now()).isEqualTo(NEVER);
        pass(3);
        assertThat(eventTime.now()).isEqualTo(10);
    }

    @Test
    void aTaskThatIsBehindAnotherAtTheStartIsWaitedFor() {
        nothingWaits();
        pass(30);
        all(10);
        pass(1);
        somethingWaits();
        first.event(1_000);
        second.event(1_000);
        pass(2);
        assertThat(eventTime.now()).isEqualTo(10);
        third.event(20);
        fourth.event(30);
        pass(1);
        assertThat(eventTime.now()).isEqualTo(20);
    }

    @Test
    void aTaskThatIsTooBusyToHearOfTheNewsIsWaitedFor() {
        nothingWaits();
        pass(30);
        first.event(1_000);
        second.event(1_000);
        for (int i = 0; i < 20; i++) {
            now += Duration.ofMillis(200).toNanos();
            tasks.get(0).periodic();
        }
        assertThat(eventTime.now()).isEqualTo(NEVER);
        somethingWaits();
        third.event(20);
        fourth.event(30);
        pass(1);
        assertThat(eventTime.now()).isEqualTo(20);
    }

    @Test
    void timeStandsStillWhenTheReadersOfUnreadRecordsDo() {
        all(10);
        pass(3);
        first.event(1_000);
        pass(1);
        somethingWaits();
        pass(30);
        first.event(1_001);
        pass(1);
        assertThat(eventTime.now()).isEqualTo(10);
        second.event(20);
        third.event(21);
        fourth.event(22);
        pass(3);
        assertThat(eventTime.now()).isEqualTo(20);
    }

    @Test
    void timeGoesOnWithoutAPartitionThatStaysQuiet() {
        all(1_000);
        for (int i = 1; i <= 12; i++) {
            nothingWaits();
            pass(1);
            first.event(1_000 + i);
            third.event(1_000 + i);
        }
        pass(1);
        assertThat(eventTime.now()).isEqualTo(1_012);
    }

    @Test
    void timeGoesOnWithoutATaskThatHasNoNews() {
        all(1_000);
        for (int i = 1; i <= 12; i++) {
            nothingWaits();
            pass(1);
            first.event(1_000 + i);
        }
        pass(1);
        assertThat(eventTime.now()).isEqualTo(1_012);
    }

    @Test
    void aTaskThatWasLeftOutAndHasUnreadRecordsIsWaitedForFromWhereTimeStands() {
        timeGoesOnWithoutATaskThatHasNoNews();
        somethingWaits();
        pass(1);
        first.event(2_000);
        pass(1);
        assertThat(eventTime.now()).isEqualTo(1_012);
        third.event(1_500);
        fourth.event(1_500);
        second.event(1_500);
        pass(1);
        assertThat(eventTime.now()).isEqualTo(1_500);
    }

    @Test
    void timeWaitsForAPartitionThatHasUnreadRecords() {
        first.event(1_000);
        third.event(1_000);
        fourth.event(1_000);
        for (int i = 0; i < 60; i++) {
            somethingWaits();
            pass(1);
            first.event(1_001 + i);
        }
        assertThat(eventTime.now()).isEqualTo(NEVER);
        second.event(20);
        pass(1);
        assertThat(eventTime.now()).isEqualTo(20);
    }

    @Test
    void oneMeasureTellsNothingOfAPartitionThatHadSomethingReadBeforeIt() {
        all(10);
        pass(3);
        first.event(1_000);
        second.event(1_000);
        third.event(1_000);
        pass(1);
        pulse.caughtUp(true, now - Duration.ofSeconds(10).toNanos());
        pulse.caughtUp(true, now);
        for (int i = 1; i <= 5; i++) {
            first.event(1_000 + i);
            passWithoutMeasure(1);
        }
        assertThat(eventTime.now()).isEqualTo(10);
    }

    @Test
    void whenAQuietTopicWakesTheLateComerIsWaitedForFromWhereTimeStands() {
        first.event(100);
        second.event(200);
        third.event(150);
        fourth.event(120);
        pass(3);
        nothingWaits();
        pass(10);
        assertThat(eventTime.now()).isEqualTo(200);
        assertThat(eventTime.idle()).isTrue();
        first.event(5_000);
        second.event(5_000);
        pass(1);
        assertThat(eventTime.now()).isEqualTo(200);
        third.event(300);
        fourth.event(400);
        pass(2);
        assertThat(eventTime.now()).isEqualTo(300);
    }

    @Test
    void tasksThatStartAgainForgetTheTimeTheyHad() {
        all(9_000);
        pass(3);
        assertThat(pulse.begin("job/0")).isFalse();
        assertThat(pulse.standing()).isEqualTo(9_000);
        assertThat(pulse.begin("job/1")).isTrue();
        assertThat(pulse.standing()).isEqualTo(NEVER);
        assertThat(pulse.isCaughtUp(now, now - Duration.ofSeconds(9).toNanos())).isFalse();
    }

    private void all(long time) {
        first.event(time);
        second.event(time);
        third.event(time);
        fourth.event(time);
    }

    private void nothingWaits() {
        pulse.caughtUp(true, now);
    }

    private void somethingWaits() {
        pulse.caughtUp(false, now);
    }

    /** Lets time pass, with the periodic calls that Flink makes; a topic that was caught up is measured so again. */
    private void pass(int seconds) {
        for (int i = 1; i <= seconds * 5; i++) {
            boolean measured = pulse.isCaughtUp(now, now - Duration.ofSeconds(9).toNanos());
            passWithoutMeasure(0.2);
            if (measured && i % 5 == 0) {
                nothingWaits();
            }
        }
    }

    private void passWithoutMeasure(double seconds) {
        for (int i = 0; i < Math.round(seconds * 5); i++) {
            now += Duration.ofMillis(200).toNanos();
            tasks.forEach(ReadingTask::periodic);
        }
    }

    private WatermarkGenerator<RowData> generator(String task) {
        IdleWhenCaughtUp.Generator generator =
                new IdleWhenCaughtUp.Generator(new Highest(), pulse, pulse.enter(task), now);
        return new WatermarkGenerator<>() {
            @Override
            public void onEvent(RowData event, long timestamp, WatermarkOutput output) {
                generator.onEvent(event, timestamp, output);
            }

            @Override
            public void onPeriodicEmit(WatermarkOutput output) {
                generator.emit(output, now);
            }
        };
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
}
