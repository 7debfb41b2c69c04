// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;

/** Where a singular field, possibly nested, is found in the wire bytes: the field numbers from the outermost message to it. */
record WireField(FieldDescriptor field, List<Integer> numbers) {
    /**
     * Finds the field that a dotted path names.
     *
     * @throws IllegalArgumentException if there is no such field, or the path goes through a repeated one
     */
    static WireField of(Descriptor message, String path) {
        Descriptor scope = message;
        List<Integer> numbers = new ArrayList<>();
        FieldDescriptor field = null;
        for (String name : path.split("\\.", -1)) {
            if (field != null) {
                if (field.getType() != FieldDescriptor.Type.MESSAGE) {
                    throw new IllegalArgumentException("field '" + field.getName() + "' of " + scope.getFullName()
                            + " has no fields inside, so '" + path + "' leads nowhere");
                }
                scope = field.getMessageType();
            }
            field = scope.findFieldByName(name);
            if (field == null) {
                throw new IllegalArgumentException("contract " + scope.getFullName() + " has no field '" + name + "'; "
                        + FieldNames.hint(scope, name));
            }
            if (field.isRepeated()) {
                throw new IllegalArgumentException("field '" + name + "' of " + scope.getFullName()
                        + " is repeated, so '" + path + "' names no single value");
            }
            numbers.add(field.getNumber());
        }
        if (field == null) {
            throw new IllegalArgumentException("no field is named");
        }
        return new WireField(field, List.copyOf(numbers));
    }
}
