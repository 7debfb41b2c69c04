// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.PipelineSpec;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records as lines for people: where they are, then what they say as JSON. Thread-safe. */
final class ChangeLines {
    private final PipelineSpec pipeline;
    private final ContractCatalog contracts;

    ChangeLines(PipelineSpec pipeline, ContractCatalog contracts) {
        this.pipeline = pipeline;
        this.contracts = contracts;
    }

    /** Of a record of one of the pipeline's topics; what is no message of its contract is in base 64. */
    String line(ConsumerRecord<byte[], byte[]> record) {
        String place = record.topic() + "/" + record.partition() + "@" + record.offset() + " ";
        Contract contract = contracts
                .contract(pipeline.topic(record.topic()).contract())
                .orElseThrow(() -> new IllegalStateException("the check has found every contract"));
        byte[] value = record.value();
        if (contract.name().equals(ChangeEvent.getDescriptor().getFullName()) && value != null) {
            return place + change(value);
        }
        return place + text(record.key()) + (value == null ? " deleted" : " " + json(contract, value));
    }

    private String change(byte[] value) {
        ChangeEvent change;
        try {
            change = ChangeEvent.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            return "is no change: " + base64(value);
        }
        Optional<Contract> contract = contracts.contract(change.getContract());
        StringBuilder line = new StringBuilder()
                .append(change.getOp())
                .append(' ')
                .append(change.getTable())
                .append(" in ")
                .append(change.getTransaction().getId())
                .append('/')
                .append(change.getTransaction().getIndex());
        append(line, " key ", change.hasKey() ? change.getKey() : null, contract);
        append(line, " before ", change.hasBefore() ? change.getBefore() : null, contract);
        append(line, " after ", change.hasAfter() ? change.getAfter() : null, contract);
        return line.toString();
    }

    private static void append(
            StringBuilder line, String word, @Nullable ByteString image, Optional<Contract> contract) {
        if (image != null) {
            byte[] bytes = image.toByteArray();
            line.append(word).append(contract.map(known -> json(known, bytes)).orElseGet(() -> base64(bytes)));
        }
    }

    private static String json(Contract contract, byte[] message) {
        try {
            return contract.json().toJson(message);
        } catch (InvalidProtocolBufferException e) {
            return "is no " + contract.name() + ": " + base64(message);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String text(byte @Nullable [] key) {
        return key == null ? "without a key" : new String(key, StandardCharsets.UTF_8);
    }
}
