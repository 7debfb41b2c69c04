// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import build.buf.validate.FieldRules;
import build.buf.validate.Ignore;
import build.buf.validate.MapRules;
import build.buf.validate.MessageOneofRule;
import build.buf.validate.MessageRules;
import build.buf.validate.OneofRules;
import build.buf.validate.RepeatedRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Compiles the fields of one message type. Not thread-safe; used once. */
final class MessageCompiler {
    private final Descriptor type;
    private final boolean withRules;
    private final ValueCompiler values;
    private final MessageShape shape;

    MessageCompiler(ProgramCompiler programs, Descriptor type, boolean withRules) {
        this.type = type;
        this.withRules = withRules;
        this.values = new ValueCompiler(programs);
        this.shape = new MessageShape(type.getFullName());
    }

    void define(MessageProgram program) throws NotCompilableException {
        if (type.getOptions().getMessageSetWireFormat()) {
            throw new NotCompilableException(type.getFullName() + " has the message set format");
        }
        MessageRules rules = messageRules();
        for (FieldDescriptor field : type.getFields()) {
            boolean shared = rules.getOneofList().stream()
                    .anyMatch(oneof -> oneof.getFieldsList().contains(field.getName()));
            FieldRules fieldRules = fieldRules(field);
            if (shared && !fieldRules.hasIgnore()) {
                fieldRules = fieldRules.toBuilder()
                        .setIgnore(Ignore.IGNORE_IF_ZERO_VALUE)
                        .build();
            }
            FieldProgram compiled = field(field, fieldRules);
            if (shared) {
                shape.track(compiled);
            }
        }
        for (OneofDescriptor oneof : type.getRealOneofs()) {
            long members = shape.exclude(oneof.getFields());
            if (oneofRules(oneof).getRequired()) {
                shape.needOne(members);
            }
        }
        for (MessageOneofRule oneof : rules.getOneofList()) {
            messageOneof(oneof);
        }
        shape.define(program);
    }

    private MessageRules messageRules() throws NotCompilableException {
        if (!withRules || !type.getOptions().hasExtension(ValidateProto.message)) {
            return MessageRules.getDefaultInstance();
        }
        MessageRules rules = type.getOptions().getExtension(ValidateProto.message);
        if (rules.getCelCount() > 0 || rules.getCelExpressionCount() > 0) {
            throw new NotCompilableException("message " + type.getFullName() + " has a CEL rule");
        }
        if (!rules.getUnknownFields().isEmpty()) {
            throw new NotCompilableException("message " + type.getFullName() + " has a rule that is not known here");
        }
        return rules;
    }

    private FieldRules fieldRules(FieldDescriptor field) {
        return withRules && field.getOptions().hasExtension(ValidateProto.field)
                ? field.getOptions().getExtension(ValidateProto.field)
                : FieldRules.getDefaultInstance();
    }

    private OneofRules oneofRules(OneofDescriptor oneof) {
        return withRules && oneof.getOptions().hasExtension(ValidateProto.oneof)
                ? oneof.getOptions().getExtension(ValidateProto.oneof)
                : OneofRules.getDefaultInstance();
    }

    private void messageOneof(MessageOneofRule rule) throws NotCompilableException {
        List<FieldDescriptor> fields = new ArrayList<>();
        for (String name : rule.getFieldsList()) {
            FieldDescriptor field = type.findFieldByName(name);
            if (field == null) {
                throw new NotCompilableException("message " + type.getFullName() + " has no field " + name);
            }
            fields.add(field);
        }
        if (fields.isEmpty() || new HashSet<>(fields).size() < fields.size()) {
            throw new NotCompilableException("message " + type.getFullName() + " has a oneof rule with odd fields");
        }
        long members = shape.bits(fields);
        shape.allowOne(members);
        if (rule.getRequired()) {
            shape.needOne(members);
        }
    }

    private FieldProgram field(FieldDescriptor field, FieldRules given) throws NotCompilableException {
        boolean skipped = given.getIgnore() == Ignore.IGNORE_ALWAYS;
        FieldRules rules = skipped ? FieldRules.getDefaultInstance() : given;
        boolean deep = withRules && !skipped;
        ValueCompiler.checkKnown(field, rules);
        FieldProgram program;
        if (field.isMapField()) {
            program = map(field, rules, deep);
        } else if (field.isRepeated()) {
            program = repeated(field, rules, deep);
        } else {
            program = singular(field, rules, deep);
        }
        if (rules.getRequired() || field.isRequired()) {
            shape.require(program);
        }
        return program;
    }

    private FieldProgram singular(FieldDescriptor field, FieldRules rules, boolean deep) throws NotCompilableException {
        Occurrence occurrence = Occurrence.PRESENCE;
        if (!field.hasPresence()) {
            boolean ignored = rules.getIgnore() == Ignore.IGNORE_IF_ZERO_VALUE;
            occurrence = ignored ? Occurrence.ZERO_IGNORED : Occurrence.ZERO_CHECKED;
        }
        FieldProgram program = values.value(field, rules, occurrence, deep);
        shape.add(program);
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                || !rules.equals(FieldRules.getDefaultInstance())
                || field.isRequired()) {
            shape.allowOnce(program);
        }
        if (occurrence == Occurrence.ZERO_CHECKED && !program.acceptsZero()) {
            shape.require(program);
        }
        return program;
    }

    private FieldProgram repeated(FieldDescriptor field, FieldRules rules, boolean deep) throws NotCompilableException {
        ValueCompiler.checkType(field, rules, "repeated");
        RepeatedRules repeated = rules.getRepeated();
        ValueCompiler.checkKnown(field, repeated, repeated.getItems());
        FieldProgram program = values.element(field, repeated.getItems(), Occurrence.REPEATED, deep);
        shape.add(program);
        if (repeated.getUnique() && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            throw new NotCompilableException("field " + field.getFullName() + " has the rule unique on messages");
        }
        if (repeated.hasMinItems() || repeated.hasMaxItems() || repeated.getUnique()) {
            long max = repeated.hasMaxItems() ? repeated.getMaxItems() : Long.MAX_VALUE;
            shape.count(new ItemsTest(program, repeated.getMinItems(), max, repeated.getUnique()));
            requireSome(program, rules, repeated.getMinItems());
        }
        return program;
    }

    private FieldProgram map(FieldDescriptor field, FieldRules rules, boolean deep) throws NotCompilableException {
        ValueCompiler.checkType(field, rules, "map");
        MapRules map = rules.getMap();
        ValueCompiler.checkKnown(field, map, map.getKeys());
        ValueCompiler.checkKnown(field, map, map.getValues());
        Descriptor entry = field.getMessageType();
        MessageShape entryShape = new MessageShape(entry.getFullName());
        FieldDescriptor key = entry.findFieldByNumber(1);
        FieldDescriptor value = entry.findFieldByNumber(2);
        entryShape.part(values.element(key, map.getKeys(), Occurrence.ZERO_CHECKED, deep));
        entryShape.part(values.element(value, map.getValues(), Occurrence.ZERO_CHECKED, deep));
        MessageProgram entries = new MessageProgram();
        entryShape.define(entries);
        FieldProgram program = new MessageField(field.getNumber(), entries, TimeTest.ANY);
        shape.add(program);
        if (map.hasMinPairs() || map.hasMaxPairs()) {
            long max = map.hasMaxPairs() ? map.getMaxPairs() : Long.MAX_VALUE;
            shape.count(new ItemsTest(program, map.getMinPairs(), max, false));
            requireSome(program, rules, map.getMinPairs());
        }
        return program;
    }

    private void requireSome(FieldProgram program, FieldRules rules, long min) throws NotCompilableException {
        if (min > 0 && rules.getIgnore() != Ignore.IGNORE_IF_ZERO_VALUE) {
            shape.require(program);
        }
    }
}
