// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A field of a contract, or of a message in it: {@code address.street}.
 *
 * @param fields from the contract's own to the one that is meant; all but the last are single messages
 */
public record FieldPath(List<FieldDescriptor> fields) {
    public FieldPath {
        fields = List.copyOf(fields);
    }

    /**
     * Finds a field.
     *
     * @param text a field's name, or names with dots between them
     * @throws IllegalArgumentException if there is no such field, with what to do
     */
    public static FieldPath of(Descriptor contract, String text) {
        List<FieldDescriptor> fields = new ArrayList<>();
        Descriptor in = contract;
        for (String name : text.split("\\.", -1)) {
            FieldDescriptor found = in == null ? null : in.findFieldByName(name);
            if (found == null) {
                List<String> names = in == null
                        ? List.of()
                        : in.getFields().stream().map(FieldDescriptor::getName).toList();
                throw new IllegalArgumentException("contract " + contract.getFullName() + " has no field '" + text
                        + "'; " + Suggestion.hint(name, names));
            }
            if (!fields.isEmpty() && fields.get(fields.size() - 1).isRepeated()) {
                throw new IllegalArgumentException("field '" + text + "' is in a list; name a single value");
            }
            fields.add(found);
            in = found.getJavaType() == JavaType.MESSAGE ? found.getMessageType() : null;
        }
        return new FieldPath(fields);
    }

    /** The one that is meant. */
    public FieldDescriptor last() {
        return fields.get(fields.size() - 1);
    }

    /** The names, with dots between them. */
    public String name() {
        return fields.stream().map(FieldDescriptor::getName).collect(Collectors.joining("."));
    }

    /** Whether a field by that name has one by the other name inside, or is the same. */
    static boolean holds(String name, String inside) {
        return inside.equals(name) || inside.startsWith(name + ".");
    }
}
