// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import build.buf.protovalidate.Config;
import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.CompilationException;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UninitializedMessageException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks by protovalidate itself, on a parsed message. The reference for, and the fall-back of, the checker on wire bytes. */
final class ProtovalidateChecker implements RuleChecker {
    private final Descriptor descriptor;
    private final Validator validator;
    private final String reason;

    /**
     * Compiles the rules.
     *
     * @param extensions the extensions that the contracts declare, predefined rules among them
     * @param reason why this checker is needed
     * @throws IllegalArgumentException if the rules do not compile
     */
    ProtovalidateChecker(Descriptor descriptor, ExtensionRegistry extensions, String reason) {
        this.descriptor = descriptor;
        this.reason = reason;
        try {
            Config config = Config.newBuilder().setExtensionRegistry(extensions).build();
            this.validator =
                    ValidatorFactory.newBuilder().withConfig(config).buildWithDescriptors(List.of(descriptor), true);
        } catch (CompilationException e) {
            throw new IllegalArgumentException(
                    "The field rules of " + descriptor.getFullName() + " do not compile: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Violation> check(byte[] message, int offset, int length) {
        DynamicMessage parsed;
        try {
            parsed = DynamicMessage.parseFrom(descriptor, ByteString.copyFrom(message, offset, length));
        } catch (InvalidProtocolBufferException | UninitializedMessageException e) {
            return List.of(new Violation("", "parse", "not a " + descriptor.getFullName() + ": " + e.getMessage()));
        }
        try {
            ValidationResult result = validator.validate(parsed);
            return result.toProto().getViolationsList().stream()
                    .map(v -> new Violation(FieldPaths.text(v.getField()), v.getRuleId(), v.getMessage()))
                    .collect(Collectors.toList());
        } catch (ValidationException | ClassCastException e) {
            // a CEL expression that divides by zero, a pattern on bytes that are no text; a repeated wrapper with rules
            // (protovalidate 1.3.0)
            return List.of(new Violation("", "evaluation", "a rule could not be evaluated: " + e.getMessage()));
        }
    }

    @Override
    public Optional<String> fallback() {
        return Optional.of(reason);
    }

    @Override
    public void warm() {
        // the constructor has loaded all
    }
}
