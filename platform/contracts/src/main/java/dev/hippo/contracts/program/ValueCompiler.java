// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import build.buf.validate.FieldRules;
import build.buf.validate.Ignore;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles the rules on one value: a singular field, an element, a map's key or value, or what a wrapper holds. Thread-safe. */
final class ValueCompiler {
    private static final OneofDescriptor TYPE = FieldRules.getDescriptor().getOneofs().stream()
            .filter(oneof -> oneof.getName().equals("type"))
            .findFirst()
            .orElseThrow();
    private static final Set<String> WRAPPERS = Set.of(
            "google.protobuf.BoolValue",
            "google.protobuf.BytesValue",
            "google.protobuf.DoubleValue",
            "google.protobuf.FloatValue",
            "google.protobuf.Int32Value",
            "google.protobuf.Int64Value",
            "google.protobuf.StringValue",
            "google.protobuf.UInt32Value",
            "google.protobuf.UInt64Value");

    private final ProgramCompiler programs;

    ValueCompiler(ProgramCompiler programs) {
        this.programs = programs;
    }

    /** A value whose rules stand inside those of its list or map. */
    FieldProgram element(FieldDescriptor field, FieldRules rules, Occurrence occurrence, boolean deep)
            throws NotCompilableException {
        if (rules.getIgnore() == Ignore.IGNORE_ALWAYS) {
            return value(field, FieldRules.getDefaultInstance(), occurrence, false);
        }
        if (rules.getRequired()) {
            throw odd(field, "the rule required on an element");
        }
        // a zero that would be ignored is checked here all the same: if it passes, well; if not, the reference knows
        return value(field, rules, occurrence, deep);
    }

    FieldProgram value(FieldDescriptor field, FieldRules rules, Occurrence occurrence, boolean deep)
            throws NotCompilableException {
        return switch (field.getJavaType()) {
            case MESSAGE -> message(field, rules, deep);
            case STRING, BYTE_STRING -> {
                checkType(field, rules, ruleName(field));
                TextTest test = TextRules.compile(field, rules);
                yield new TextField(field.getNumber(), test, occurrence);
            }
            default -> {
                checkType(field, rules, ruleName(field));
                NumberKind kind = NumberKind.of(field.getType());
                yield new NumberField(field.getNumber(), kind, NumberRules.compile(field, kind, rules), occurrence);
            }
        };
    }

    private FieldProgram message(FieldDescriptor field, FieldRules rules, boolean deep) throws NotCompilableException {
        Descriptor type = field.getMessageType();
        String name = type.getFullName();
        boolean ruled = rules.getOneofFieldDescriptor(TYPE) != null;
        MessageProgram program = programs.program(type, deep);
        TimeTest time = TimeTest.ANY;
        if (ruled && WRAPPERS.contains(name)) {
            program = wrapped(type.findFieldByNumber(1), rules);
        } else if (ruled && name.equals("google.protobuf.Timestamp")) {
            checkType(field, rules, "timestamp");
            time = TimeRules.compile(field, TimeTest.Kind.TIMESTAMP, rules.getTimestamp());
        } else if (ruled && name.equals("google.protobuf.Duration")) {
            checkType(field, rules, "duration");
            time = TimeRules.compile(field, TimeTest.Kind.DURATION, rules.getDuration());
        } else if (ruled) {
            throw odd(field, "rules for " + name);
        }
        return field.getType() == FieldDescriptor.Type.GROUP
                ? new GroupField(field.getNumber())
                : new MessageField(field.getNumber(), program, time);
    }

    private MessageProgram wrapped(FieldDescriptor inner, FieldRules rules) throws NotCompilableException {
        MessageShape shape = new MessageShape(inner.getContainingType().getFullName());
        shape.part(value(inner, rules, Occurrence.ZERO_CHECKED, true));
        MessageProgram program = new MessageProgram();
        shape.define(program);
        return program;
    }

    /** Refuses rules that only CEL can evaluate. */
    static void checkKnown(FieldDescriptor field, FieldRules rules) throws NotCompilableException {
        if (rules.getCelCount() > 0 || rules.getCelExpressionCount() > 0) {
            throw odd(field, "a CEL rule");
        }
        Message typed = typed(rules);
        if (!rules.getUnknownFields().isEmpty()
                || (typed != null && !typed.getUnknownFields().isEmpty())) {
            throw odd(field, "a predefined rule, or one that is not known here");
        }
    }

    static void checkKnown(FieldDescriptor field, Message outer, FieldRules inner) throws NotCompilableException {
        if (!outer.getUnknownFields().isEmpty()) {
            throw odd(field, "a predefined rule, or one that is not known here");
        }
        checkKnown(field, inner);
    }

    /** Refuses rules of another type than the field's, which protovalidate refuses too. */
    static void checkType(FieldDescriptor field, FieldRules rules, String expected) throws NotCompilableException {
        FieldDescriptor given = rules.getOneofFieldDescriptor(TYPE);
        if (given != null && !given.getName().equals(expected)) {
            throw odd(field, given.getName() + " rules, and is no " + given.getName());
        }
    }

    /** The rules of the field's own type; null if there are none. */
    static @Nullable Message typed(FieldRules rules) {
        FieldDescriptor given = rules.getOneofFieldDescriptor(TYPE);
        return given == null ? null : (Message) rules.getField(given);
    }

    static NotCompilableException odd(FieldDescriptor field, String what) {
        return new NotCompilableException("field " + field.getFullName() + " has " + what);
    }

    private static String ruleName(FieldDescriptor field) {
        return field.getType().name().toLowerCase(Locale.ROOT);
    }
}
