// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.hippo.door.v1.Batch;
import dev.hippo.door.v1.Event;
import dev.hippo.door.v1.PublishRequest;
import org.junit.jupiter.api.Test;

class BatchWireTest {
    private static final Event EVENT =
            Event.newBuilder().setValue(ByteString.copyFromUtf8("value")).build();

    @Test
    void theOutlineOfABatchIsRead() throws Exception {
        Batch batch = Batch.newBuilder()
                .setSequence(1L << 60)
                .setTopic("töpic")
                .addEvents(EVENT)
                .addEvents(Event.getDefaultInstance())
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                77,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("later"))
                                        .build())
                        .build())
                .build();
        BatchWire wire = BatchWire.batch(batch.toByteArray());
        assertThat(wire.sequence()).isEqualTo(1L << 60);
        assertThat(wire.topic()).isEqualTo("töpic");
        assertThat(wire.events()).isEqualTo(2);
        assertThat(BatchWire.batch(new byte[0]).events()).isZero();
    }

    @Test
    void aSingleRequestNeedsItsEvent() throws Exception {
        PublishRequest request =
                PublishRequest.newBuilder().setTopic("t").setEvent(EVENT).build();
        assertThat(BatchWire.single(request.toByteArray()).topic()).isEqualTo("t");
        assertThatThrownBy(() -> BatchWire.single(
                        request.toBuilder().clearEvent().build().toByteArray()))
                .hasMessageContaining("event");
    }

    @Test
    void everyCutOffBatchIsRefusedOrShorter() throws Exception {
        byte[] whole = Batch.newBuilder()
                .setTopic("t")
                .addEvents(EVENT)
                .addEvents(EVENT)
                .build()
                .toByteArray();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            try {
                assertThat(BatchWire.batch(cut).events()).isLessThan(2);
            } catch (InvalidProtocolBufferException e) {
                assertThat(e).isNotNull();
            }
        }
        assertThatThrownBy(() -> BatchWire.batch(new byte[] {0x1a, -1, -1, -1, -1, 7}))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }
}
