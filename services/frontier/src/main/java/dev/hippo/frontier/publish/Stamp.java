// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** What the door puts on all events of one request: when it came, its trace, and the beginning of the ids that it makes. Immutable. */
public final class Stamp {
    private static final Pattern TRACE_PARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*");

    private final long receivedMillis;
    private final Header time;
    private final Header trace;
    private final byte[] idPrefix;

    private Stamp(Instant received, byte[] trace, byte[] idPrefix) {
        this.receivedMillis = received.toEpochMilli();
        this.time = new RecordHeader(EventHeaders.TIME, received.toString().getBytes(StandardCharsets.US_ASCII));
        this.trace = new RecordHeader(EventHeaders.TRACE_PARENT, trace);
        this.idPrefix = idPrefix;
    }

    /**
     * A stamp for a request that came now.
     *
     * @param traceParent the caller's; one is made if it has none or one that is not by the standard
     * @param id the caller's id for the request; one is made if it has none
     */
    public static Stamp of(Instant received, @Nullable String traceParent, @Nullable String id) {
        byte[] trace = traceParent != null && TRACE_PARENT.matcher(traceParent).matches()
                ? traceParent.getBytes(StandardCharsets.UTF_8)
                : EventIds.traceParent();
        byte[] prefix = id == null || id.isEmpty()
                ? EventIds.uuid(received.toEpochMilli())
                : id.getBytes(StandardCharsets.UTF_8);
        return new Stamp(received, trace, prefix);
    }

    /** The id of a request's only event. */
    public String id() {
        return new String(idPrefix, StandardCharsets.UTF_8);
    }

    /** The id of the event with that number, in a request of many that brought no ids. */
    public String id(int number) {
        return new String(EventIds.numbered(idPrefix, number), StandardCharsets.UTF_8);
    }

    /** {@link #id()} in UTF-8. Not copied. */
    public byte[] idBytes() {
        return idPrefix;
    }

    byte[] idBytes(int number) {
        return EventIds.numbered(idPrefix, number);
    }

    long receivedMillis() {
        return receivedMillis;
    }

    Header time() {
        return time;
    }

    Header trace() {
        return trace;
    }
}
