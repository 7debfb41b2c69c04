// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.changes.WindowDelivery.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FilteredConsumerTest {
    private final Recorder recorder = new Recorder();

    private WindowDelivery delivery(ChangeFilter filter) {
        return new WindowDelivery(new FilteredConsumer(filter, recorder), Scn.NONE);
    }

    private static Outcome tell(WindowDelivery delivery, List<ChangeEvent> window) throws Exception {
        Outcome outcome = Outcome.TAKEN;
        for (ChangeEvent change : window) {
            outcome = delivery.tell(change);
        }
        return outcome;
    }

    @Test
    void onlyWhatIsWantedIsToldAndOfWindowsThatHaveIt() throws Exception {
        WindowDelivery delivery = delivery(ChangeFilter.tables("public.a*"));
        tell(delivery, Changes.window(1, "public.b", "public.b"));
        tell(delivery, Changes.window(2, "public.b", "public.accounts", "public.b", "public.accounts"));
        assertThat(recorder.told)
                .containsExactly(
                        "window after 1",
                        "source public.accounts",
                        "t2/1",
                        "end of source public.accounts",
                        "source public.accounts",
                        "t2/3",
                        "end of source public.accounts",
                        "end 2",
                        "checkpoint 2");
    }

    @Test
    void progressAdvancesOverWhatIsLeftOut() throws Exception {
        WindowDelivery delivery = delivery(ChangeFilter.tables("public.a"));
        tell(delivery, Changes.window(1, "public.b"));
        tell(delivery, Changes.window(2, "public.b"));
        assertThat(delivery.idle()).isEqualTo(Outcome.CHECKPOINT);
        assertThat(delivery.checkpoint()).isEqualTo(Changes.scn(2));
        assertThat(recorder.told).containsExactly("checkpoint 2");
    }

    @Test
    void noCheckpointIsTakenBehindAWindowForWhichTheConsumerWantedNone() throws Exception {
        recorder.answer = call -> call.startsWith("end ") || call.startsWith("idle")
                ? CallbackResult.SKIP_CHECKPOINT
                : CallbackResult.SUCCESS;
        WindowDelivery delivery = delivery(ChangeFilter.tables("public.a"));
        tell(delivery, Changes.window(1, "public.a"));
        tell(delivery, Changes.window(2, "public.b"));
        assertThat(delivery.idle()).isEqualTo(Outcome.TAKEN);
        assertThat(delivery.checkpoint()).isEqualTo(Scn.NONE);
        assertThat(recorder.told).endsWith("end 1", "idle after 2");
    }

    @Test
    void whatIsNotTakenIsToldAgainFromItsWindowOn() throws Exception {
        List<String> failing = new ArrayList<>(List.of("t1/1"));
        recorder.answer = call -> failing.remove(call) ? CallbackResult.ERROR : CallbackResult.SUCCESS;
        WindowDelivery delivery = delivery(ChangeFilter.tables("a"));
        List<ChangeEvent> window = Changes.window(1, "b", "a", "b");
        assertThat(tell(delivery, window.subList(0, 2))).isEqualTo(Outcome.ROLLBACK);
        delivery.rollback();
        assertThat(tell(delivery, window)).isEqualTo(Outcome.CHECKPOINT);
        assertThat(recorder.told)
                .containsSubsequence("t1/1", "rollback to 0", "window after 0", "source a", "t1/1", "checkpoint 1");
    }

    @Test
    void theSharesOfARowsKeyAreEveryRowOnce() {
        List<ChangeEvent> rows = Changes.rows(
                1, IntStream.range(0, 1_000).mapToObj(Integer::toString).toArray(String[]::new));
        for (ChangeEvent row : rows) {
            assertThat(IntStream.range(0, 3)
                            .filter(number -> ChangeFilter.share(number, 3).wants(row)))
                    .hasSize(1);
        }
        assertThat(rows.stream().filter(ChangeFilter.share(0, 3)::wants).count())
                .isBetween(200L, 500L);
        assertThat(Changes.window(1, "a")).allMatch(ChangeFilter.share(1, 3)::wants);
        assertThat(rows).noneMatch(ChangeFilter.share(0, 3).and(ChangeFilter.share(1, 3))::wants);
        assertThatThrownBy(() -> ChangeFilter.share(3, 3)).hasMessageContaining("share 3 of 3 is none");
    }
}
