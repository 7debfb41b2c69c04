// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.CompilationException;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.stream.Collectors;

/** Checks by protovalidate itself, on a parsed message. The reference for, and the fall-back of, the checker on wire bytes. */
final class ProtovalidateChecker implements RuleChecker {
    private final Descriptor descriptor;
    private final Validator validator;

    ProtovalidateChecker(Descriptor descriptor) {
        this.descriptor = descriptor;
        try {
            this.validator = ValidatorFactory.newBuilder().buildWithDescriptors(List.of(descriptor), true);
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
        } catch (InvalidProtocolBufferException e) {
            return List.of(new Violation("", "parse", "not a " + descriptor.getFullName() + ": " + e.getMessage()));
        }
        try {
            ValidationResult result = validator.validate(parsed);
            return result.toProto().getViolationsList().stream()
                    .map(v -> new Violation(FieldPaths.text(v.getField()), v.getRuleId(), v.getMessage()))
                    .collect(Collectors.toList());
        } catch (ValidationException e) {
            throw new IllegalStateException(
                    "The field rules of " + descriptor.getFullName() + " could not be evaluated: " + e.getMessage(), e);
        }
    }
}
