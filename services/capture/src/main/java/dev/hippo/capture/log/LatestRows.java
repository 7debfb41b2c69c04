// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** The topic of a table's latest rows: of each change the record that brings it up to date. Not thread-safe. */
final class LatestRows {
    private final String topic;
    private final KeyReader key;
    /** What all records have in common, then the id, the time and when it was committed; filled in for each record, which copies it. */
    private final Header[] headers;

    private final List<Header> copied;

    LatestRows(TopicSpec topic, Contract contract, String source) {
        this.topic = topic.name();
        if (topic.key().isEmpty()) {
            throw new IllegalArgumentException("topic " + topic.name() + " has no key");
        }
        this.key = contract.key(topic.key());
        this.headers = Stamp.headers(source, contract.name(), 3);
        this.copied = Arrays.asList(headers);
    }

    String topic() {
        return topic;
    }

    /**
     * The record of a change of one row.
     *
     * @param place as its stamp says it
     * @throws SourceFailure if the source does not tell enough of the row, with what to do
     */
    ProducerRecord<byte[], byte[]> record(RowChange change, byte[] place, Stamp stamp) throws SourceFailure {
        byte[] after = change.after();
        byte[] identity = after != null ? after : change.key();
        if (identity == null) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING,
                    "a row of table " + change.table().fullName() + " has no key ("
                            + new String(place, StandardCharsets.UTF_8) + "); give the table a primary key");
        }
        return record(key.read(identity, 0, identity.length), after, place, stamp);
    }

    /**
     * The record that takes a row away whose key is known from the topic alone.
     *
     * @param number of the row among those that the change takes away
     */
    ProducerRecord<byte[], byte[]> gone(byte[] rowKey, int number, byte[] place, Stamp stamp) {
        byte[] id = (new String(place, StandardCharsets.UTF_8) + "." + number).getBytes(StandardCharsets.UTF_8);
        return record(rowKey, null, id, stamp);
    }

    private ProducerRecord<byte[], byte[]> record(byte[] rowKey, byte @Nullable [] row, byte[] id, Stamp stamp) {
        headers[Stamp.COMMON] = new RecordHeader(EventHeaders.ID, id);
        headers[Stamp.COMMON + 1] = stamp.time();
        headers[Stamp.COMMON + 2] = stamp.committedAt();
        return new ProducerRecord<>(topic, null, null, rowKey, row, copied);
    }
}
