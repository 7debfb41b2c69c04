// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.change.v1.ChangeEvent;
import org.jspecify.annotations.Nullable;

/** Which contracts read the records of a topic of all changes: the one of changes, and each of the same fields that has a message of a table's contract where that one has its bytes. */
final class ChangeContract {
    private ChangeContract() {}

    static boolean fits(Descriptor contract) {
        return contract.getFields().stream().allMatch(ChangeContract::fits);
    }

    /** Whether all rows in it are those of one table. */
    static boolean isOfOneTable(Descriptor contract) {
        return contract.getFields().stream()
                .anyMatch(field -> field.getType() == FieldDescriptor.Type.MESSAGE && isBytes(original(field)));
    }

    private static boolean isBytes(@Nullable FieldDescriptor original) {
        return original != null && original.getType() == FieldDescriptor.Type.BYTES;
    }

    private static boolean fits(FieldDescriptor field) {
        FieldDescriptor original = original(field);
        if (original == null
                || !original.getName().equals(field.getName())
                || original.isRepeated() != field.isRepeated()) {
            return false;
        }
        return switch (original.getType()) {
            case BYTES ->
                field.getType() == FieldDescriptor.Type.BYTES || field.getType() == FieldDescriptor.Type.MESSAGE;
            case MESSAGE ->
                field.getType() == FieldDescriptor.Type.MESSAGE
                        && field.getMessageType()
                                .getFullName()
                                .equals(original.getMessageType().getFullName());
            case ENUM ->
                field.getType() == FieldDescriptor.Type.ENUM
                        && field.getEnumType()
                                .getFullName()
                                .equals(original.getEnumType().getFullName());
            default -> field.getType() == original.getType();
        };
    }

    private static @Nullable FieldDescriptor original(FieldDescriptor field) {
        return ChangeEvent.getDescriptor().findFieldByNumber(field.getNumber());
    }
}
