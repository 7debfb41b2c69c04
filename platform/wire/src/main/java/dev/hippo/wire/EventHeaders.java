// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

/**
 * Record headers of data topics, by the
 * <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">CloudEvents Kafka binding</a>
 * (binary mode) and <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>. Values are UTF-8 text.
 */
public final class EventHeaders {
    /**
     * The event's id, unique per source; re-sent events keep theirs. Of a captured change the transaction of the source database in its own words, and the place of the change in it,
     * {@code 0-1-4711/3}; where one change takes away all rows, also a number of the row, {@code 0-1-4711/3.17}.
     */
    public static final String ID = "ce_id";

    public static final String SOURCE = "ce_source";
    /** The contract's full name. */
    public static final String TYPE = "ce_type";
    /** When the door received the event, RFC 3339 in UTC. */
    public static final String TIME = "ce_time";

    public static final String SPEC_VERSION = "ce_specversion";
    public static final String DATA_SCHEMA = "ce_dataschema";
    public static final String CONTENT_TYPE = "content-type";
    public static final String TRACE_PARENT = "traceparent";

    /** On notices: the key under which the sender may send the same notice again without a second record. */
    public static final String IDEMPOTENCY_KEY = "hippo_idempotency_key";

    /** On replayed records: {@code topic/partition/offset} of the original. */
    public static final String REPLAYED_FROM = "hippo_replayed_from";

    /** On the latest rows of a table: when the source database committed the transaction, by its own clock, RFC 3339 in UTC. */
    public static final String COMMITTED_AT = "hippo_committed_at";

    /** On {@code .rejected} topics: why, as JSON: a list of {@code {path, rule, message}}. */
    public static final String REJECTED_BECAUSE = "hippo_rejected_because";
    /** On {@code .rejected} topics, when the event came from a topic: {@code topic/partition/offset}. */
    public static final String REJECTED_AT = "hippo_rejected_at";
    /** On {@code .rejected} topics: the hippo that rejected it. */
    public static final String REJECTED_BY = "hippo_rejected_by";

    private EventHeaders() {}
}
