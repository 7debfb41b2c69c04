// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.TypeRegistry;
import dev.hippo.contracts.program.NotCompilableException;
import dev.hippo.contracts.program.ProgramCompiler;
import java.util.ArrayList;
import java.util.List;

/** A message type that topics and tables are bound to, with its codec and its rules. Thread-safe. */
public final class Contract {
    private final Descriptor descriptor;
    private final JsonCodec json;
    private final Once<RuleChecker> rules;

    Contract(Descriptor descriptor, TypeRegistry types, ExtensionRegistry extensions) {
        this.descriptor = descriptor;
        this.json = new JsonCodec(this, types);
        this.rules = new Once<>(() -> checker(descriptor, extensions));
    }

    private static RuleChecker checker(Descriptor descriptor, ExtensionRegistry extensions) {
        try {
            return new CompiledChecker(
                    ProgramCompiler.compile(descriptor),
                    new Once<>(() -> new ProtovalidateChecker(descriptor, extensions, "asked about single events")));
        } catch (NotCompilableException e) {
            return new ProtovalidateChecker(descriptor, extensions, e.reason());
        }
    }

    /** The full protobuf name, as in {@code flights.v1.Flight}. */
    public String name() {
        return descriptor.getFullName();
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    public JsonCodec json() {
        return json;
    }

    /**
     * The checker of the field rules, made on the first call: call it at the start, not with the first event.
     *
     * @throws IllegalArgumentException if the rules do not compile: a rule of another type than its field's, a wrong CEL expression
     */
    public RuleChecker rules() {
        return rules.get();
    }

    /**
     * A reader of the record key from the wire bytes.
     *
     * @param field a field's name, or a dotted path to one in a nested message
     * @throws IllegalArgumentException if there is no such field or it cannot be a key
     */
    public KeyReader key(String field) {
        return key(List.of(field));
    }

    /**
     * A reader of the record key from the wire bytes.
     *
     * @param fields at least one, each as for {@link #key(String)}
     * @throws IllegalArgumentException if there is no such field, one is named twice or cannot be a key
     */
    public KeyReader key(List<String> fields) {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException("a key needs a field");
        }
        List<WireField> found = new ArrayList<>();
        for (String field : fields) {
            if (fields.indexOf(field) < found.size()) {
                throw new IllegalArgumentException("field '" + field + "' is named twice in the key");
            }
            found.add(WireField.of(descriptor, field));
        }
        return new KeyReader(found);
    }

    /**
     * A reader of the event time from the wire bytes.
     *
     * @param field a field's name, or a dotted path to one in a nested message
     * @throws IllegalArgumentException if there is no such field or it is no time
     */
    public TimeReader time(String field) {
        return new TimeReader(WireField.of(descriptor, field));
    }
}
