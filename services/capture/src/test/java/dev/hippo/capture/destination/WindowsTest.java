// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.destination.Windows.Step;
import dev.hippo.change.v1.Position;
import dev.hippo.change.v1.Transaction;
import dev.hippo.kit.HippoFailure;
import org.junit.jupiter.api.Test;

/** Which changes belong together. */
class WindowsTest {
    private final Windows windows = new Windows();
    private long place;

    private Step take(String id, int index, boolean ends) throws HippoFailure {
        Transaction.Builder transaction = Transaction.newBuilder().setId(id).setIndex(index);
        if (ends) {
            transaction.setEnd(Position.getDefaultInstance());
        }
        return windows.take(place++, transaction.build());
    }

    @Test
    void aTransactionIsOpenFromItsFirstChangeToItsLast() throws Exception {
        assertThat(windows.between()).isTrue();
        assertThat(take("1", 0, false)).isEqualTo(Step.APPLY);
        assertThat(windows.between()).isFalse();
        assertThat(take("1", 1, true)).isEqualTo(Step.APPLY);
        assertThat(windows.between()).isTrue();
        assertThat(take("1", 0, true)).isEqualTo(Step.APPLY);
        assertThat(windows.between()).isTrue();
    }

    @Test
    void aSnapshotIsReadToItsEndAndThenAgain() throws Exception {
        take("1", 0, true);
        assertThat(take("snapshot", 0, false)).isEqualTo(Step.WAIT);
        assertThat(windows.between()).isFalse();
        assertThat(take("snapshot", 1, true)).isEqualTo(Step.AGAIN);
        assertThat(windows.start()).isEqualTo(1);
        assertThat(windows.between()).isTrue();
        place = 1;
        assertThat(take("snapshot", 0, false)).isEqualTo(Step.APPLY);
        assertThat(take("snapshot", 1, true)).isEqualTo(Step.APPLY);
        assertThat(take("snapshot", 0, true)).isEqualTo(Step.AGAIN);
        assertThat(windows.start()).isEqualTo(3);
        place = 3;
        assertThat(take("snapshot", 0, true)).isEqualTo(Step.APPLY);
        assertThat(windows.between()).isTrue();
    }

    @Test
    void aSnapshotThatBrokeOffIsNever() throws Exception {
        take("snapshot", 0, false);
        take("snapshot", 1, false);
        assertThat(take("snapshot", 0, false)).isEqualTo(Step.WAIT);
        assertThat(windows.start()).isEqualTo(2);
        assertThat(take("9", 0, false)).isEqualTo(Step.APPLY);
        assertThat(take("9", 1, true)).isEqualTo(Step.APPLY);
        assertThat(take("snapshot", 0, false)).isEqualTo(Step.WAIT);
        assertThat(take("snapshot", 1, true)).isEqualTo(Step.AGAIN);
        assertThat(windows.start()).isEqualTo(5);
    }

    @Test
    void whatIsNotTheNextChangeIsTold() throws Exception {
        assertThatThrownBy(() -> take("1", 1, false)).hasMessageContaining("1/1 at offset 0 where a transaction");
        take("2", 0, false);
        assertThatThrownBy(() -> take("2", 2, false)).hasMessageContaining("2/2 at offset 2 where 2/1 should");
        assertThatThrownBy(() -> take("3", 0, true)).hasMessageContaining("3/0 at offset 3 where 2/1 should");
        assertThatThrownBy(() -> take("3", 1, true)).isInstanceOf(HippoFailure.class);
    }
}
