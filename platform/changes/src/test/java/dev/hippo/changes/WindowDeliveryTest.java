// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.changes.WindowDelivery.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order a consumer is told, and what its answers do. */
class WindowDeliveryTest {
    private final Recorder recorder = new Recorder();
    private final WindowDelivery delivery = new WindowDelivery(recorder, Scn.NONE);

    private Outcome tell(List<ChangeEvent> changes) throws BrokenSequenceException {
        Outcome outcome = Outcome.TAKEN;
        for (ChangeEvent change : changes) {
            outcome = delivery.tell(change);
            if (outcome == Outcome.ROLLBACK || outcome == Outcome.FATAL) {
                return outcome;
            }
        }
        return outcome;
    }

    @Test
    void aWindowIsToldWholeAndInOrderAcrossTables() throws Exception {
        assertThat(tell(Changes.window(1, "a", "a", "b", "a"))).isEqualTo(Outcome.CHECKPOINT);
        assertThat(tell(Changes.window(2, "b"))).isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told)
                .containsExactly(
                        "window after 0",
                        "source a",
                        "t1/0",
                        "t1/1",
                        "end of source a",
                        "source b",
                        "t1/2",
                        "end of source b",
                        "source a",
                        "t1/3",
                        "end of source a",
                        "end 1",
                        "checkpoint 1",
                        "window after 1",
                        "source b",
                        "t2/0",
                        "end of source b",
                        "end 2",
                        "checkpoint 2");
        assertThat(delivery.checkpoint()).isEqualTo(Changes.scn(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "window after 1",
                "source a",
                "t2/1",
                "end of source a",
                "source b",
                "t2/2",
                "end 2",
                "checkpoint 2"
            })
    void whereverItIsNotTakenEverythingBehindTheCheckpointIsToldAgain(String call) throws Exception {
        List<ChangeEvent> window = Changes.window(2, "a", "a", "b");
        tell(Changes.window(1, "a"));
        recorder.told.clear();
        recorder.answer = now -> now.equals(call) ? CallbackResult.ERROR : CallbackResult.SUCCESS;
        assertThat(tell(window)).isEqualTo(Outcome.ROLLBACK);
        assertThat(recorder.told).last().isEqualTo(call);
        recorder.answer = now -> CallbackResult.SUCCESS;
        assertThat(delivery.rollback()).isEqualTo(Outcome.TAKEN);
        assertThat(recorder.told).last().isEqualTo("rollback to 1");
        recorder.told.clear();
        assertThat(tell(window)).isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told)
                .startsWith("window after 1")
                .contains("t2/0", "t2/1", "t2/2")
                .endsWith("checkpoint 2");
    }

    @Test
    void aChangeThatWasSentAgainIsToldOnce() throws Exception {
        List<ChangeEvent> window = Changes.window(1, "a", "a");
        assertThat(tell(List.of(window.get(0), window.get(0)))).isEqualTo(Outcome.TAKEN);
        assertThat(tell(List.of(window.get(1)))).isEqualTo(Outcome.CHECKPOINT);
        assertThat(tell(List.of(window.get(1))))
                .as("what is behind it is a check point too")
                .isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told).filteredOn(call -> call.startsWith("t1/")).containsExactly("t1/0", "t1/1");
        delivery.tell(Changes.window(2, "a", "a").get(0));
        delivery.rollback();
        assertThat(tell(Changes.window(2, "a", "a"))).isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told)
                .filteredOn(call -> call.startsWith("t2/"))
                .as("what is rolled back is told again")
                .containsExactly("t2/0", "t2/0", "t2/1");
        assertThatThrownBy(() -> tell(window)).isInstanceOf(BrokenSequenceException.class);
    }

    @Test
    void aSkippedCheckpointIsCoveredByTheNext() throws Exception {
        recorder.answer = now -> now.equals("end 1") ? CallbackResult.SKIP_CHECKPOINT : CallbackResult.SUCCESS;
        assertThat(tell(Changes.window(1, "a"))).isEqualTo(Outcome.TAKEN);
        assertThat(recorder.told).doesNotContain("checkpoint 1");
        delivery.rollback();
        assertThat(recorder.told).last().isEqualTo("rollback to 0");
        tell(Changes.window(1, "a"));
        assertThat(tell(Changes.window(2, "a"))).isEqualTo(Outcome.CHECKPOINT);
        assertThat(delivery.checkpoint()).isEqualTo(Changes.scn(2));
    }

    @Test
    void whenNothingWaitsASkippedCheckpointIsTakenIfTheConsumerAsksForIt() throws Exception {
        recorder.answer = now -> now.equals("end 1") ? CallbackResult.SKIP_CHECKPOINT : CallbackResult.SUCCESS;
        assertThat(delivery.idle()).as("nothing was told yet").isEqualTo(Outcome.TAKEN);
        tell(Changes.window(1, "a"));
        assertThat(delivery.idle()).isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told).endsWith("idle after 1", "checkpoint 1");
        assertThat(delivery.idle())
                .as("there is nothing behind the check point")
                .isEqualTo(Outcome.TAKEN);
        tell(Changes.window(2, "a", "a").subList(0, 1));
        assertThat(delivery.idle()).as("a window is open").isEqualTo(Outcome.TAKEN);
        assertThat(recorder.told).filteredOn(call -> call.startsWith("idle")).hasSize(1);
    }

    @Test
    void whatACallbackThrowsIsNotTaken() throws Exception {
        recorder.answer = now -> {
            if (now.equals("t1/0")) {
                throw new IllegalStateException("full");
            }
            return CallbackResult.SUCCESS;
        };
        assertThat(tell(Changes.window(1, "a"))).isEqualTo(Outcome.ROLLBACK);
        assertThat(delivery.reason()).hasMessage("full");
    }

    @Test
    void aFatalAnswerEndsIt() throws Exception {
        recorder.answer = now -> CallbackResult.ERROR_FATAL;
        assertThat(tell(Changes.window(1, "a"))).isEqualTo(Outcome.FATAL);
    }

    @Test
    void aSnapshotThatBreaksOffIsToldFromItsFirstRowAgain() throws Exception {
        List<ChangeEvent> snapshot = Changes.window("snapshot", 5, "a", "a", "a");
        tell(snapshot.subList(0, 2));
        assertThat(tell(snapshot)).isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told)
                .containsExactly(
                        "window after 0",
                        "source a",
                        "snapshot/0",
                        "snapshot/1",
                        "rollback to 0",
                        "window after 0",
                        "source a",
                        "snapshot/0",
                        "snapshot/1",
                        "snapshot/2",
                        "end of source a",
                        "end 5",
                        "checkpoint 5");
    }

    @Test
    void aSnapshotThatBreaksOffAndHasNoRowsTheNextTimeIsVoid() throws Exception {
        tell(Changes.window("snapshot", 5, "a", "a").subList(0, 1));
        assertThat(tell(Changes.window(6, "b"))).isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told)
                .containsExactly(
                        "window after 0",
                        "source a",
                        "snapshot/0",
                        "rollback to 0",
                        "window after 0",
                        "source b",
                        "t6/0",
                        "end of source b",
                        "end 6",
                        "checkpoint 6");
    }

    @Test
    void whatIsMissingOrGoesBackIsNoWindow() throws Exception {
        List<ChangeEvent> window = new ArrayList<>(Changes.window(3, "a", "a", "a"));
        window.remove(1);
        assertThatThrownBy(() -> tell(window))
                .isInstanceOf(BrokenSequenceException.class)
                .hasMessageContaining("t3/2 follows where t3/1 should");
        WindowDelivery other = new WindowDelivery(recorder, Changes.scn(4));
        assertThatThrownBy(() -> other.tell(Changes.window(2, "a").get(0)))
                .isInstanceOf(BrokenSequenceException.class)
                .hasMessageContaining("was the source restored");
    }
}
