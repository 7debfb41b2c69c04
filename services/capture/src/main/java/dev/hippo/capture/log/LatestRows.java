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

    /**
     * Of a change.
     *
     * @param position its transaction and its place in it, the same whenever it is told
     * @param committedAt by the source's clock
     */
    record Told(String position, String committedAt, String capturedAt) {}

    LatestRows(TopicSpec topic, Contract contract, String source) {
        this.topic = topic.name();
        if (topic.key().isEmpty()) {
            throw new IllegalArgumentException("topic " + topic.name() + " has no key");
        }
        this.key = contract.key(topic.key());
        this.headers = List.of(
                header(EventHeaders.SPEC_VERSION, "1.0"),
                header(EventHeaders.SOURCE, source),
                header(EventHeaders.TYPE, contract.name()),
                header(EventHeaders.CONTENT_TYPE, "application/protobuf"));
    }

    String topic() {
        return topic;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The record of a change of one row.
     *
     * @throws SourceFailure if the source does not tell enough of the row, with what to do
     */
    ProducerRecord<byte[], byte[]> record(RowChange change, Told told) throws SourceFailure {
        byte[] after = change.after();
        byte[] identity = after != null ? after : change.key();
        if (identity == null) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING,
                    "a row of table " + change.table().fullName() + " has no key (" + told.position()
                            + "); give the table a primary key");
        }
        return record(key.read(identity, 0, identity.length), after, told.position(), told);
    }

    /**
     * The record that takes a row away whose key is known from the topic alone.
     *
     * @param number of the row among those that the change takes away
     */
    ProducerRecord<byte[], byte[]> gone(byte[] rowKey, int number, Told told) {
        return record(rowKey, null, told.position() + "/" + number, told);
    }

    private ProducerRecord<byte[], byte[]> record(byte[] rowKey, byte @Nullable [] row, String id, Told told) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, rowKey, row);
        headers.forEach(record.headers()::add);
        record.headers().add(header(EventHeaders.ID, id));
        record.headers().add(header(EventHeaders.TIME, told.capturedAt()));
        record.headers().add(header(EventHeaders.POSITION, told.position()));
        record.headers().add(header(EventHeaders.COMMITTED_AT, told.committedAt()));
        return record;
    }
}
