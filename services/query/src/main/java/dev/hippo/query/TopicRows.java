// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a topic as a table: the contract's columns, and beside them where the record is, its key and headers, and why its value could not be read.
 * Used once.
 */
final class TopicRows {
    private static final String BESIDE =
            "_partition INTEGER, _offset BIGINT, _timestamp TIMESTAMP WITH TIME ZONE, _key VARCHAR, _headers MAP(VARCHAR, VARCHAR), _error VARCHAR";
    /** Some offsets are no records but the marks of transactions. */
    private static final long MARKS = 16;

    private static final String DELETED = "deleted: the record has no value";

    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * What was read of a topic.
     *
     * @param unreadable records whose value is no message of the contract; {@code _error} tells why
     */
    record Stretch(long records, long unreadable) {}

    private final TopicSpec topic;
    private final QueryRequest request;
    private final Deadline deadline;
    private final MessageValues values;
    private long records;
    private long unreadable;

    TopicRows(HippoContext context, TopicSpec topic, QueryRequest request, Deadline deadline) throws QueryFailure {
        this.topic = topic;
        this.request = request;
        this.deadline = deadline;
        Contract contract = context.contracts()
                .contract(topic.contract())
                .orElseThrow(() ->
                        new QueryFailure(500, "contract '" + topic.contract() + "' is not in the contracts folder"));
        try {
            this.values = new MessageValues(contract.descriptor(), false);
        } catch (IllegalArgumentException e) {
            throw new QueryFailure(501, "topic '" + topic.name() + "' cannot be queried as a table: " + e.getMessage());
        }
    }

    /** Reads the records and makes the table {@code topics.NAME}. */
    Stretch load(HippoContext context, Connection connection) throws SQLException, QueryFailure {
        String name = SqlTypes.quoted(topic.name());
        String columns = values.columns();
        execute(
                connection,
                "CREATE TABLE topics." + name + " (" + columns + (columns.isEmpty() ? "" : ", ") + BESIDE + ")");
        try (TopicReader reader = TopicReader.open(
                        context.kafka(), "query-" + context.hippo().name(), topic.name());
                DuckDBAppender appender =
                        connection.unwrap(DuckDBConnection.class).createAppender("topics", topic.name())) {
            if (request.from() == null && request.to() == null) {
                newest(reader, appender);
            } else {
                Map<TopicPartition, Long> from =
                        request.from() == null ? reader.beginnings() : reader.since(request.from());
                pass(reader, from, reader.ends(), appender);
            }
        } catch (KafkaUnavailable e) {
            throw new QueryFailure(503, String.valueOf(e.getMessage()));
        } catch (KafkaException e) {
            throw new QueryFailure(
                    503, "topic '" + topic.name() + "' cannot be read: " + e.getMessage() + "; ask again");
        }
        long surplus = records - request.latest();
        if (surplus > 0) {
            // partitions are read alike, and the newest of all are kept
            execute(
                    connection,
                    "DELETE FROM topics." + name + " WHERE rowid IN (SELECT rowid FROM topics." + name
                            + " ORDER BY _timestamp, _offset LIMIT " + surplus + ")");
            unreadable = unreadable(connection, name);
        }
        return new Stretch(Math.min(records, request.latest()), unreadable);
    }

    private static long unreadable(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(
                        "SELECT count(*) FROM topics." + name + " WHERE _error <> " + SqlTypes.text(DELETED))) {
            count.next();
            return count.getLong(1);
        }
    }

    /** Each partition may have all of the newest records. */
    private void newest(TopicReader reader, DuckDBAppender appender) throws SQLException, QueryFailure {
        Map<TopicPartition, Long> begins = reader.beginnings();
        Map<TopicPartition, Long> until = reader.ends();
        Map<TopicPartition, Long> missing = new HashMap<>();
        begins.keySet().forEach(partition -> missing.put(partition, request.latest()));
        long further = 1;
        boolean more = true;
        while (more) {
            Map<TopicPartition, Long> from = new HashMap<>();
            for (Map.Entry<TopicPartition, Long> end : until.entrySet()) {
                long wanted = missing.getOrDefault(end.getKey(), 0L);
                long back = wanted <= 0 ? 0 : further * (wanted + MARKS);
                from.put(end.getKey(), Math.max(begins.getOrDefault(end.getKey(), 0L), end.getValue() - back));
            }
            pass(reader, from, until, appender)
                    .forEach((partition, count) -> missing.merge(partition, -count, Long::sum));
            more = from.entrySet().stream()
                    .anyMatch(start -> missing.getOrDefault(start.getKey(), 0L) > 0
                            && start.getValue() > begins.getOrDefault(start.getKey(), 0L));
            until = from;
            further = Math.min(further * 4, 1_024);
        }
    }

    /** Reads from one offset to another, the second exclusive. */
    private Map<TopicPartition, Long> pass(
            TopicReader reader,
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> until,
            DuckDBAppender appender)
            throws SQLException, QueryFailure {
        Map<TopicPartition, Long> counts = new HashMap<>();
        reader.start(from, until);
        while (!reader.atEnd()) {
            deadline.check();
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < until.getOrDefault(partition, 0L) && within(record)) {
                    row(record, appender);
                    counts.merge(partition, 1L, Long::sum);
                }
            }
            if (records > QueryRequest.MOST && request.latest() == QueryRequest.MOST) {
                throw new QueryFailure(
                        413,
                        "more than " + QueryRequest.MOST + " records of topic '" + topic.name()
                                + "' are in that time; narrow it with 'from' and 'to', or say with 'latest' how many of the newest you want");
            }
        }
        return counts;
    }

    private boolean within(ConsumerRecord<byte[], byte[]> record) {
        Instant at = Instant.ofEpochMilli(record.timestamp());
        return (request.from() == null || !at.isBefore(request.from()))
                && (request.to() == null || at.isBefore(request.to()));
    }

    private void row(ConsumerRecord<byte[], byte[]> record, DuckDBAppender appender) throws SQLException {
        @Nullable Object[] fields = null;
        String error = null;
        byte[] value = record.value();
        if (value == null) {
            error = DELETED;
        } else {
            try {
                fields = values.read(new WireReader(value, 0, value.length));
            } catch (MalformedWireException e) {
                error = "no " + topic.contract() + ": " + e.getMessage();
                unreadable++;
            }
        }
        appender.beginRow();
        for (int i = 0; i < values.size(); i++) {
            append(fields == null ? null : fields[i], appender);
        }
        appender.append(record.partition());
        appender.append(record.offset());
        appender.appendEpochMicros(record.timestamp() * 1_000);
        append(record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8), appender);
        Map<String, @Nullable String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(
                    header.key(), header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8));
        }
        appender.append(headers);
        append(error, appender);
        appender.endRow();
        records++;
    }

    private static void append(@Nullable Object value, DuckDBAppender appender) throws SQLException {
        if (value == null) {
            appender.appendNull();
        } else if (value instanceof String text) {
            appender.append(text);
        } else if (value instanceof Integer number) {
            appender.append(number.intValue());
        } else if (value instanceof Long number) {
            appender.append(number.longValue());
        } else if (value instanceof Double number) {
            appender.append(number.doubleValue());
        } else if (value instanceof Float number) {
            appender.append(number.floatValue());
        } else if (value instanceof Boolean flag) {
            appender.append(flag.booleanValue());
        } else if (value instanceof OffsetDateTime time) {
            appender.append(time);
        } else if (value instanceof BigDecimal number) {
            appender.append(number);
        } else if (value instanceof byte[] bytes) {
            appender.append(bytes);
        } else if (value instanceof List<?> list) {
            appender.append(list);
        } else if (value instanceof Map<?, ?> map) {
            appender.append(map);
        } else if (value instanceof @Nullable Object[] message) {
            appender.beginStruct();
            for (Object field : message) {
                append(field, appender);
            }
            appender.endStruct();
        } else {
            throw new IllegalStateException("a column of " + value.getClass());
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
