// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** The topic of a table's latest rows: of each change the record that brings it up to date. Not thread-safe. */
final class LatestRows {
    private final String topic;
    private final KeyReader key;
    private final List<Header> headers;

    LatestRows(TopicSpec topic, Contract contract, String source) {
        this.topic = topic.name();
        if (topic.key().isEmpty()) {
            throw new IllegalArgumentException("topic " + topic.name() + " has no key");
        }
        this.key = contract.key(topic.key());
        this.headers = List.of(
                Stamp.header(EventHeaders.SPEC_VERSION, "1.0"),
                Stamp.header(EventHeaders.SOURCE, source),
                Stamp.header(EventHeaders.TYPE, contract.name()),
                Stamp.header(EventHeaders.CONTENT_TYPE, "application/protobuf"));
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
        return record(key.read(identity, 0, identity.length), after, place, place, stamp);
    }

    /**
     * The record that takes a row away whose key is known from the topic alone.
     *
     * @param number of the row among those that the change takes away
     */
    ProducerRecord<byte[], byte[]> gone(byte[] rowKey, int number, byte[] place, Stamp stamp) {
        byte[] id = (new String(place, StandardCharsets.UTF_8) + "/" + number).getBytes(StandardCharsets.UTF_8);
        return record(rowKey, null, id, place, stamp);
    }

    private ProducerRecord<byte[], byte[]> record(
            byte[] rowKey, byte @Nullable [] row, byte[] id, byte[] place, Stamp stamp) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, null, rowKey, row, headers);
        record.headers()
                .add(new RecordHeader(EventHeaders.ID, id))
                .add(stamp.time())
                .add(new RecordHeader(EventHeaders.POSITION, place))
                .add(stamp.committedAt());
        return record;
    }
}
