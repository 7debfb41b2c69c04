// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.gson.JsonParser;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Converts between protobuf bytes and <a href="https://protobuf.dev/programming-guides/json/">canonical JSON</a>. Strict: a field that the
 * contract does not know, a value of another type, a field given twice or text behind the object is an error, never dropped or bent.
 * Fields may be named as the contract or as JSON names them; 64-bit integers are read as numbers or strings and written as strings.
 * Thread-safe.
 */
public final class JsonCodec {
    private final Contract contract;
    private final JsonShape shape;
    private final JsonFormat.Parser parser;
    private final JsonFormat.Printer printer;

    JsonCodec(Contract contract, TypeRegistry types) {
        this.contract = contract;
        this.shape = new JsonShape(contract.descriptor());
        this.parser = JsonFormat.parser().usingTypeRegistry(types);
        this.printer = JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
    }

    /**
     * Encodes one JSON object that is given in UTF-8.
     *
     * @throws JsonRefusedException if it does not fit the contract: the reasons (a hundred at most), with their places
     */
    public byte[] toBytes(byte[] json) throws JsonRefusedException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new JsonRefusedException(List.of(new Violation("", "parse", "the text is not in UTF-8")));
        }
        return toBytes(text);
    }

    /**
     * Encodes one JSON object.
     *
     * @throws JsonRefusedException if it does not fit the contract: the reasons (a hundred at most), with their places
     */
    public byte[] toBytes(String json) throws JsonRefusedException {
        List<Violation> problems = shape.problems(json);
        if (!problems.isEmpty()) {
            throw new JsonRefusedException(problems);
        }
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(contract.descriptor());
        try {
            parser.merge(json, builder);
        } catch (InvalidProtocolBufferException e) {
            List<Violation> faults = new JsonFaults(parser, shape)
                    .in(contract.descriptor(), JsonParser.parseString(json).getAsJsonObject());
            throw new JsonRefusedException(
                    faults.isEmpty() ? List.of(new Violation("", "parse", String.valueOf(e.getMessage()))) : faults);
        }
        if (!builder.isInitialized()) {
            throw new JsonRefusedException(builder.findInitializationErrors().stream()
                    .map(path -> new Violation(path, "parse", "the contract requires this field"))
                    .toList());
        }
        return builder.build().toByteArray();
    }

    /**
     * Decodes one message to a JSON object on one line. Fields that the contract does not know have no name and are left out; the bytes keep them.
     *
     * @throws InvalidProtocolBufferException if the bytes are no message of the contract, or one that JSON cannot say
     */
    public String toJson(byte[] message) throws InvalidProtocolBufferException {
        return printer.print(DynamicMessage.parseFrom(contract.descriptor(), message));
    }
}
