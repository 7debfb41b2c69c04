// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.TypeRegistry;

/** A message type that topics and tables are bound to, with its codec and its rules. Thread-safe. */
public final class Contract {
    private final Descriptor descriptor;
    private final JsonCodec json;
    private final RuleChecker rules;

    Contract(Descriptor descriptor, TypeRegistry types) {
        this.descriptor = descriptor;
        this.json = new JsonCodec(this, types);
        this.rules = new ProtovalidateChecker(descriptor);
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

    public RuleChecker rules() {
        return rules;
    }
}
