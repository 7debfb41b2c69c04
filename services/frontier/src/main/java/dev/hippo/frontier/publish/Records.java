// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Makes the records that the door writes: value untouched, headers by CloudEvents' Kafka binding, timestamp the time of receipt. Thread-safe. */
final class Records {
    static final Header PROTOBUF = header(EventHeaders.CONTENT_TYPE, "application/protobuf");
    static final Header JSON_TYPE = header(EventHeaders.CONTENT_TYPE, "application/json");
    private static final Header SPEC_VERSION = header(EventHeaders.SPEC_VERSION, "1.0");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Header rejectedBy;

    Records(String hippo) {
        this.rejectedBy = header(EventHeaders.REJECTED_BY, hippo);
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    ProducerRecord<byte[], byte[]> accepted(
            DoorTopic topic,
            Stamp stamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            byte[] id,
            List<Header> extras) {
        List<Header> headers = headers(topic, stamp, id, topic.contentType(), extras);
        return new ProducerRecord<>(topic.name(), null, stamp.receivedMillis(), key, value, headers);
    }

    ProducerRecord<byte[], byte[]> rejected(
            DoorTopic topic,
            Stamp stamp,
            Refusal refusal,
            byte[] raw,
            Header contentType,
            byte[] id,
            List<Header> extras) {
        List<Header> headers = new ArrayList<>(headers(topic, stamp, id, contentType, extras));
        try {
            headers.add(new RecordHeader(EventHeaders.REJECTED_BECAUSE, JSON.writeValueAsBytes(refusal.violations())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("three strings are always JSON", e);
        }
        headers.add(rejectedBy);
        return new ProducerRecord<>(topic.rejectedTopic(), null, stamp.receivedMillis(), null, raw, headers);
    }

    private static List<Header> headers(
            DoorTopic topic, Stamp stamp, byte[] id, Header contentType, List<Header> extras) {
        Header[] own = {
            new RecordHeader(EventHeaders.ID, id),
            topic.source(),
            topic.type(),
            stamp.time(),
            SPEC_VERSION,
            contentType,
            stamp.trace()
        };
        if (extras.isEmpty()) {
            return Arrays.asList(own);
        }
        List<Header> all = new ArrayList<>(own.length + extras.size());
        for (Header header : own) {
            if (extras.stream().noneMatch(extra -> extra.key().equals(header.key()))) {
                all.add(header);
            }
        }
        all.addAll(extras);
        return all;
    }
}
