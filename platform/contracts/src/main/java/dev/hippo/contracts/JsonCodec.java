// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;

/**
 * Converts between protobuf bytes and <a href="https://protobuf.dev/programming-guides/json/">canonical JSON</a>.
 * A JSON field that the contract does not know is an error, never dropped. Thread-safe.
 */
public final class JsonCodec {
    private final Contract contract;
    private final JsonFormat.Parser parser;
    private final JsonFormat.Printer printer;

    JsonCodec(Contract contract, TypeRegistry types) {
        this.contract = contract;
        this.parser = JsonFormat.parser().usingTypeRegistry(types);
        this.printer = JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
    }

    /** Encodes one JSON object. Throws with the reason if it does not fit the contract. */
    public byte[] toBytes(String json) throws InvalidProtocolBufferException {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(contract.descriptor());
        parser.merge(json, builder);
        return builder.build().toByteArray();
    }

    /** Decodes one message to a JSON object on one line. Fields that the contract does not know have no name and are left out. */
    public String toJson(byte[] message) throws InvalidProtocolBufferException {
        return printer.print(DynamicMessage.parseFrom(contract.descriptor(), message));
    }
}
