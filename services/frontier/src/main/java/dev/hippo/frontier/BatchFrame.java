// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code hippo.door.v1.Batch}, or a {@code PublishRequest}, read from its wire bytes: no message objects, and each event's bytes copied once, into
 * the array that Kafka is given.
 */
final class BatchFrame {
    /** One event as it came; id and traceparent are empty when it has none. */
    record Event(byte[] value, String id, String traceparent) {
        static final Event EMPTY = new Event(new byte[0], "", "");

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private String topic = "";
    private long sequence;
    private final List<Event> events = new ArrayList<>();

    private BatchFrame() {}

    /** Reads a batch: sequence 1, topic 2, events 3. */
    static BatchFrame batch(byte[] bytes) throws IOException {
        return read(bytes, 3);
    }

    /** Reads a single event's request: topic 1, event 2. */
    static BatchFrame single(byte[] bytes) throws IOException {
        BatchFrame frame = read(bytes, 2);
        if (frame.events.isEmpty()) {
            frame.events.add(Event.EMPTY);
        }
        return frame;
    }

    private static BatchFrame read(byte[] bytes, int eventField) throws IOException {
        BatchFrame frame = new BatchFrame();
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field == eventField) {
                frame.events.add(event(in));
            } else if (field == eventField - 1) {
                frame.topic = in.readStringRequireUtf8();
            } else if (field == 1) {
                frame.sequence = in.readUInt64();
            } else {
                in.skipField(tag);
            }
        }
        return frame;
    }

    private static Event event(CodedInputStream in) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        byte[] value = Event.EMPTY.value();
        String id = "";
        String traceparent = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> id = in.readStringRequireUtf8();
                case 2 -> value = in.readByteArray();
                case 3 -> traceparent = traceparent(in, traceparent);
                default -> in.skipField(tag);
            }
        }
        in.popLimit(outer);
        return new Event(value, id, traceparent);
    }

    /** Reads one entry of the headers; the trace context is the one that this door passes on. */
    private static String traceparent(CodedInputStream in, String before) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> key = in.readStringRequireUtf8();
                case 2 -> value = in.readStringRequireUtf8();
                default -> in.skipField(tag);
            }
        }
        in.popLimit(outer);
        return key.equals("traceparent") ? value : before;
    }

    String topic() {
        return topic;
    }

    long sequence() {
        return sequence;
    }

    List<Event> events() {
        return events;
    }
}
