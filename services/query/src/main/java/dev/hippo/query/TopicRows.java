// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A stretch of a topic as a table: the contract's columns, and {@code _partition, _offset, _timestamp, _key, _headers} beside them. */
final class TopicRows {
    private final HippoContext context;
    private final TopicSpec topic;

    TopicRows(HippoContext context, TopicSpec topic) {
        this.context = context;
        this.topic = topic;
    }

    /** Reads the records and makes the table {@code topics.NAME}. */
    void load(QueryRequest request, Path scratch, Connection connection)
            throws IOException, SQLException, QueryFailure {
        Contract contract = context.contracts()
                .contract(topic.contract())
                .orElseThrow(() ->
                        new QueryFailure(500, "contract '" + topic.contract() + "' is not in the contracts folder"));
        Path file = scratch.resolve("topic-" + topic.name() + ".json");
        try (BufferedWriter out = Files.newBufferedWriter(file);
                TopicReader reader = TopicReader.open(
                        context.kafka(), "query-" + context.hippo().name(), topic.name())) {
            reader.start(request.from() != null || request.to() != null ? Long.MAX_VALUE : request.latest());
            long rows = 0;
            while (!reader.atEnd() && rows < request.latest()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    if (record.value() != null && within(record, request) && rows < request.latest()) {
                        out.write(json(record, contract));
                        out.write('\n');
                        rows++;
                    }
                }
            }
        } catch (KafkaUnavailable e) {
            throw new QueryFailure(503, String.valueOf(e.getMessage()));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE topics." + SqlTypes.quoted(topic.name()) + " AS SELECT * FROM read_json("
                    + SqlTypes.text(file.toString())
                    + ", format='newline_delimited', maximum_object_size=33554432, columns={" + columns(contract)
                    + "})");
        }
    }

    private static boolean within(ConsumerRecord<byte[], byte[]> record, QueryRequest request) {
        Instant at = Instant.ofEpochMilli(record.timestamp());
        return (request.from() == null || !at.isBefore(request.from()))
                && (request.to() == null || at.isBefore(request.to()));
    }

    private static String json(ConsumerRecord<byte[], byte[]> record, Contract contract)
            throws IOException, QueryFailure {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode row;
        try {
            row = (ObjectNode) mapper.readTree(JsonFormat.printer()
                    .preservingProtoFieldNames()
                    .alwaysPrintFieldsWithNoPresence()
                    .omittingInsignificantWhitespace()
                    .print(DynamicMessage.parseFrom(contract.descriptor(), record.value())));
        } catch (InvalidProtocolBufferException e) {
            throw new QueryFailure(
                    422,
                    "record " + record.topic() + "/" + record.partition() + "/" + record.offset() + " is no "
                            + contract.name() + ": " + e.getMessage());
        }
        row.put("_partition", record.partition());
        row.put("_offset", record.offset());
        row.put("_timestamp", Instant.ofEpochMilli(record.timestamp()).toString());
        if (record.key() != null) {
            row.put("_key", new String(record.key(), StandardCharsets.UTF_8));
        }
        ObjectNode headers = row.putObject("_headers");
        record.headers()
                .forEach(header -> headers.put(
                        header.key(),
                        header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8)));
        return mapper.writeValueAsString(row);
    }

    private static String columns(Contract contract) {
        StringBuilder columns = new StringBuilder();
        for (FieldDescriptor field : contract.descriptor().getFields()) {
            columns.append(SqlTypes.text(field.getName()))
                    .append(": ")
                    .append(SqlTypes.text(type(field)))
                    .append(", ");
        }
        return columns
                + "'_partition': 'INTEGER', '_offset': 'BIGINT', '_timestamp': 'TIMESTAMP WITH TIME ZONE', '_key': 'VARCHAR', "
                + "'_headers': 'MAP(VARCHAR, VARCHAR)'";
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return "MAP(VARCHAR, " + single(entry.findFieldByNumber(2)) + ")";
        }
        return field.isRepeated() ? single(field) + "[]" : single(field);
    }

    private static String single(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> "DOUBLE";
            case FLOAT -> "FLOAT";
            case INT32, SINT32, SFIXED32 -> "INTEGER";
            case UINT32, FIXED32, INT64, SINT64, SFIXED64 -> "BIGINT";
            case UINT64, FIXED64 -> "UBIGINT";
            case BOOL -> "BOOLEAN";
            case STRING, ENUM, BYTES -> "VARCHAR";
            case MESSAGE, GROUP ->
                field.getMessageType().getFullName().equals("google.protobuf.Timestamp")
                        ? "TIMESTAMP WITH TIME ZONE"
                        : "JSON";
        };
    }
}
