// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.WrappersProto;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A field of a contract, or of a message in it: {@code address.street}.
 *
 * @param fields from the contract's own to the one that is meant; all but the last are single messages
 */
public record FieldPath(List<FieldDescriptor> fields) {
    /** The package of messages that stand for a time, a duration, a document. */
    private static final String ONE_VALUE = "google.protobuf";

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

    /**
     * Finds a field that takes a column.
     *
     * @throws IllegalArgumentException if there is no such field, or it is a part of a value such as a time, with what to do
     */
    public static FieldPath forColumn(Descriptor contract, String text) {
        FieldPath path = of(contract, text);
        for (int i = 1; i < path.fields().size(); i++) {
            Descriptor in = path.fields().get(i).getContainingType();
            if (in.getFile().getPackage().equals(ONE_VALUE)
                    && !in.getFile()
                            .getName()
                            .equals(WrappersProto.getDescriptor().getName())) {
                String whole = new FieldPath(path.fields().subList(0, i)).name();
                throw new IllegalArgumentException("field '" + text + "' is a part of a " + in.getFullName()
                        + ", which is one value; name '" + whole
                        + "' itself, or give the contract a field for the column");
            }
        }
        return path;
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
