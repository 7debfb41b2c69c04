// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.hippo.contracts.program.TimeTest.Bound;
import java.util.Set;

/** Compiles the bounds on a timestamp or duration. Rules that look at the clock, and lists, are left to the reference. */
final class TimeRules {
    private static final Set<String> KNOWN = Set.of("const", "lt", "lte", "gt", "gte", "example");

    private TimeRules() {}

    static TimeTest compile(FieldDescriptor field, TimeTest.Kind kind, Message rules) throws NotCompilableException {
        Bound low = Bound.NONE;
        Bound high = Bound.NONE;
        for (FieldDescriptor rule : rules.getAllFields().keySet()) {
            String name = rule.getName();
            if (!KNOWN.contains(name)) {
                throw ValueCompiler.odd(field, "the rule " + rule.getFullName());
            }
            if (name.equals("example")) {
                continue;
            }
            Bound bound =
                    bound(field, kind, (Message) rules.getField(rule), name.endsWith("e") || name.equals("const"));
            if (name.equals("const")) {
                if (rules.getAllFields().size() > 1) {
                    throw ValueCompiler.odd(field, "the rule const and others");
                }
                low = bound;
                high = bound;
            } else if (name.startsWith("g")) {
                low = bound;
            } else {
                high = bound;
            }
        }
        boolean outside = low.exists() && high.exists() && high.compare(low.seconds(), low.nanos()) > 0;
        return new TimeTest(kind, low, high, outside);
    }

    private static Bound bound(FieldDescriptor field, TimeTest.Kind kind, Message value, boolean included)
            throws NotCompilableException {
        long seconds = (Long) value.getField(value.getDescriptorForType().findFieldByNumber(1));
        int nanos = (Integer) value.getField(value.getDescriptorForType().findFieldByNumber(2));
        if (!kind.plain(seconds, nanos)) {
            throw ValueCompiler.odd(field, "a bound of " + seconds + " s and " + nanos + " ns");
        }
        return new Bound(true, included, seconds, nanos);
    }
}
