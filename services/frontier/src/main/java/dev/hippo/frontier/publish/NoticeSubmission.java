// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.wire.EventHeaders;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Notices of one topic, checked before they come here. What is known under their keys is answered and not sent. */
final class NoticeSubmission extends Flight {
    private final Publisher publisher;
    private final NoticeTopic topic;
    private final Stamp stamp;
    private final BitSet duplicates = new BitSet();
    private long waitedNanos;

    NoticeSubmission(
            Publisher publisher, NoticeTopic topic, Stamp stamp, int count, long reserved, Consumer<Outcome> answer) {
        super(publisher, topic, stamp, count, reserved, answer);
        this.publisher = publisher;
        this.topic = topic;
        this.stamp = stamp;
    }

    /** Adds the next notice, which has no key. */
    void notice(byte[] value, byte[] id) {
        accepted(next(), publisher.records().accepted(topic, stamp, null, value, id, List.of()));
    }

    /**
     * Adds the next notice under its key.
     *
     * @param now milliseconds since 1970
     */
    void notice(byte[] value, byte[] id, String key, long now) {
        int index = next();
        KeyLedger.Use use = topic.keys().ledger().use(key, value, now);
        switch (use.meaning()) {
            case NEW -> {
                List<Header> extras = new ArrayList<>(1);
                extras.add(Records.header(EventHeaders.IDEMPOTENCY_KEY, key));
                ProducerRecord<byte[], byte[]> record =
                        publisher.records().accepted(topic, stamp, null, value, id, extras);
                Callback answer = expected(index);
                publisher.send(record, (metadata, failure) -> {
                    use.settled(metadata, failure);
                    answer.onCompletion(metadata, failure);
                });
            }
            case SAME -> {
                duplicates.set(index);
                use.whenSettled(expected(index));
            }
            case OTHER -> refuse(index, KeyLedger.reused(key));
        }
    }

    /** Refuses the next one. */
    void refused(byte[] value, byte[] id, Refusal refusal) {
        refused(next(), refusal, value, topic.contentType(), id, List.of());
    }

    /** Refuses all that is still to come for a reason that is not theirs. */
    void refuseRest(int count, Refusal refusal) {
        for (int i = 0; i < count; i++) {
            refuse(next(), refusal);
        }
    }

    void waited(long nanos) {
        waitedNanos = nanos;
    }

    @Override
    long waitedNanos() {
        return waitedNanos;
    }

    /** Which of them were on the topic, or on their way there, before. Complete once sealed. */
    BitSet duplicates() {
        return duplicates;
    }
}
