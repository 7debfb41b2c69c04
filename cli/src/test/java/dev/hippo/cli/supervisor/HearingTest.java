// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log that gives what the test puts there, or breaks. */
class HearingTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final BlockingQueue<Object> next = new LinkedBlockingQueue<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicLong known = new AtomicLong();
    private Hearing hearing;

    private final class Log implements Hearing.Source {
        private long last = -1;

        Log() {
            opened.incrementAndGet();
        }

        @Override
        public List<Assignment> poll(Duration wait) {
            Object said;
            try {
                said = next.poll(10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (said instanceof RuntimeException e) {
                throw e;
            }
            if (said instanceof Error e) {
                throw e;
            }
            if (said instanceof Assignment assignment) {
                last = assignment.epoch();
                return List.of(assignment);
            }
            return List.of();
        }

        @Override
        public long last() {
            return last;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @BeforeEach
    void hear() {
        hearing = new Hearing(
                new Log(),
                last -> {
                    known.set(last);
                    return new Log();
                },
                AT_ONCE);
    }

    @AfterEach
    void close() {
        hearing.close();
    }

    private static Assignment assignment(long epoch) {
        return Assignment.of("shop", "a", "one", true, "doctor", "moved", Instant.EPOCH)
                .at(epoch);
    }

    private static <T> T await(Callable<T> what) {
        return Awaitility.await().atMost(Duration.ofMinutes(2)).until(what, found -> found != null);
    }

    @Test
    void aLogThatBreaksIsToldAndOpenedAgainAndNothingIsMissed() throws Exception {
        next.add(assignment(7));
        assertThat(await(hearing::news).epoch()).isEqualTo(7);
        next.add(new IllegalStateException("no current assignment for partition"));
        next.add(assignment(8));
        assertThat(await(hearing::news).epoch()).isEqualTo(8);
        assertThat(hearing.trouble()).contains("no current assignment for partition");
        assertThat(hearing.trouble()).isNull();
        assertThat(known).as("what the log that is opened again must have").hasValue(7);
        assertThat(opened).hasValue(2);
        assertThat(closed).as("the broken one is not left open").hasValue(1);
    }

    @Test
    void aKafkaThatIsAwayCostsNoWord() {
        next.add(new KafkaException("away"));
        next.add(assignment(1));
        assertThat(await(hearing::news).epoch()).isEqualTo(1);
        assertThat(hearing.trouble()).isNull();
    }

    @Test
    void aLogThatWasMadeAnewEndsTheHearingLoudly() {
        next.add(new AssignmentLog.Remade("shop", "after offset 7 came offset 0"));
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> closed.get() == 1);
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThatThrownBy(hearing::news)
                        .isInstanceOf(KafkaUnavailable.class)
                        .hasMessageContaining("after offset 7 came offset 0")
                        .hasMessageContaining("stop every agent of pipeline 'shop'"));
    }

    @Test
    void anErrorEndsTheHearingLoudly() {
        next.add(new NoClassDefFoundError("replaced while it ran"));
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThatThrownBy(hearing::news)
                        .isInstanceOf(KafkaUnavailable.class)
                        .hasMessageContaining("replaced while it ran"));
    }
}
