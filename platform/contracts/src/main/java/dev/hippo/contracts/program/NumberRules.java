// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import build.buf.validate.FieldRules;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Compiles the rules on a number, boolean or enum. The rule messages of all number types have fields of the same names. */
final class NumberRules {
    private static final Set<String> KNOWN =
            Set.of("const", "lt", "lte", "gt", "gte", "in", "not_in", "finite", "defined_only", "example");

    private final FieldDescriptor field;
    private final NumberKind kind;
    private final @Nullable Message rules;
    private final long flip;

    private NumberRules(FieldDescriptor field, NumberKind kind, FieldRules rules) throws NotCompilableException {
        this.field = field;
        this.kind = kind;
        this.rules = ValueCompiler.typed(rules);
        this.flip = kind.unsigned64() ? Long.MIN_VALUE : 0;
        if (this.rules != null) {
            for (FieldDescriptor rule : this.rules.getAllFields().keySet()) {
                if (!KNOWN.contains(rule.getName())) {
                    throw ValueCompiler.odd(field, "the rule " + rule.getFullName());
                }
            }
            if (has("const") && !list("in").isEmpty()) {
                throw ValueCompiler.odd(field, "the rules const and in");
            }
        }
    }

    static NumberTest compile(FieldDescriptor field, NumberKind kind, FieldRules rules) throws NotCompilableException {
        NumberRules compiler = new NumberRules(field, kind, rules);
        boolean closed = field.getType() == FieldDescriptor.Type.ENUM && field.legacyEnumFieldTreatedAsClosed();
        if (compiler.rules == null && !closed) {
            return NumberTest.ANY;
        }
        return kind.real() ? compiler.real() : compiler.integer(closed);
    }

    private NumberTest integer(boolean closed) throws NotCompilableException {
        long least = Long.MIN_VALUE;
        long most = Long.MAX_VALUE;
        long low = least;
        long high = most;
        if (has("gte")) {
            low = key("gte");
        } else if (has("gt")) {
            low = key("gt");
        }
        if (has("lte")) {
            high = key("lte");
        } else if (has("lt")) {
            high = key("lt");
        }
        boolean outside = low > high;
        // exclusive bounds of whole numbers become inclusive ones
        if (has("gt")) {
            if (low == most) {
                throw ValueCompiler.odd(field, "a bound that nothing is above");
            }
            low++;
        }
        if (has("lt")) {
            if (high == least) {
                throw ValueCompiler.odd(field, "a bound that nothing is below");
            }
            high--;
        }
        NumberTest test = new IntegerTest(flip, low, high, outside, keys(allowed()), keys(list("not_in")));
        if (!closed && !flag("defined_only")) {
            return test;
        }
        long[] defined = field.getEnumType().getValues().stream()
                .mapToLong(EnumValueDescriptor::getNumber)
                .toArray();
        NumberTest known = new IntegerTest(0, least, most, false, defined, new long[0]);
        return value -> known.passes(value) && test.passes(value);
    }

    private NumberTest real() throws NotCompilableException {
        double low = has("gte") ? number("gte") : has("gt") ? number("gt") : Double.NEGATIVE_INFINITY;
        double high = has("lte") ? number("lte") : has("lt") ? number("lt") : Double.POSITIVE_INFINITY;
        if (Double.isNaN(low) || Double.isNaN(high)) {
            throw ValueCompiler.odd(field, "a bound that is not a number");
        }
        return new RealTest(
                low, !has("gt"), high, !has("lt"), low > high, flag("finite"), reals(allowed()), reals(list("not_in")));
    }

    private List<?> allowed() {
        return has("const") ? List.of(value("const")) : list("in");
    }

    private boolean has(String name) {
        FieldDescriptor rule = rule(name);
        return rules != null && rule != null && rules.hasField(rule);
    }

    private boolean flag(String name) {
        return has(name) && (Boolean) value(name);
    }

    private double number(String name) {
        return ((Number) value(name)).doubleValue();
    }

    private long key(String name) {
        return key(value(name));
    }

    /** A rule's number in the form in which the event's numbers are compared. */
    private long key(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        long number = ((Number) value).longValue();
        boolean unsigned32 = kind == NumberKind.UNSIGNED_32 || kind == NumberKind.FIXED_32;
        return unsigned32 ? number & 0xffffffffL : number ^ flip;
    }

    private long[] keys(List<?> values) {
        return values.stream().flatMapToLong(value -> LongStream.of(key(value))).toArray();
    }

    private static double[] reals(List<?> values) {
        return values.stream()
                .mapToDouble(value -> ((Number) value).doubleValue())
                .toArray();
    }

    private List<?> list(String name) {
        FieldDescriptor rule = rule(name);
        return rules == null || rule == null ? List.of() : (List<?>) rules.getField(rule);
    }

    private Object value(String name) {
        FieldDescriptor rule = rule(name);
        if (rules == null || rule == null) {
            throw new IllegalArgumentException("no rule " + name);
        }
        return rules.getField(rule);
    }

    private @Nullable FieldDescriptor rule(String name) {
        return rules == null ? null : rules.getDescriptorForType().findFieldByName(name);
    }
}
