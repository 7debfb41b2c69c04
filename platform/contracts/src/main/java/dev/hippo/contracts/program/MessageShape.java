// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;

/** Collects a message type's fields and demands, and gives a bit to each field that is asked for. Not thread-safe. */
final class MessageShape {
    private final String name;
    private final List<FieldProgram> fields = new ArrayList<>();
    private final List<Long> oneNeeded = new ArrayList<>();
    private final List<Long> oneAllowed = new ArrayList<>();
    private final List<ItemsTest> items = new ArrayList<>();
    private long required;
    private int bits;

    MessageShape(String name) {
        this.name = name;
    }

    void add(FieldProgram field) {
        fields.add(field);
    }

    /** Adds the key or the value of a map's entry, whose default is checked when it is absent. */
    void part(FieldProgram field) throws NotCompilableException {
        add(field);
        allowOnce(field);
        if (!field.acceptsZero()) {
            require(field);
        }
    }

    void track(FieldProgram field) throws NotCompilableException {
        if (field.bit == 0) {
            if (bits == Long.SIZE) {
                throw new NotCompilableException("message " + name + " has rules on more than 64 fields");
            }
            field.bit = 1L << bits++;
        }
    }

    void allowOnce(FieldProgram field) throws NotCompilableException {
        track(field);
        field.conflicts |= field.bit;
    }

    void require(FieldProgram field) throws NotCompilableException {
        track(field);
        required |= field.bit;
    }

    void count(ItemsTest test) throws NotCompilableException {
        track(test.field());
        items.add(test);
    }

    void needOne(long members) {
        oneNeeded.add(members);
    }

    void allowOne(long members) {
        oneAllowed.add(members);
    }

    /** Makes each of these fields conflict with all of them; returns their bits. */
    long exclude(List<FieldDescriptor> members) throws NotCompilableException {
        long mask = bits(members);
        for (FieldProgram field : programs(members)) {
            field.conflicts |= mask;
        }
        return mask;
    }

    long bits(List<FieldDescriptor> members) throws NotCompilableException {
        long mask = 0;
        for (FieldProgram field : programs(members)) {
            track(field);
            mask |= field.bit;
        }
        return mask;
    }

    void define(MessageProgram program) {
        program.define(fields, new MessageProgram.Demands(required, oneNeeded, oneAllowed, items));
    }

    private List<FieldProgram> programs(List<FieldDescriptor> members) {
        return fields.stream()
                .filter(field -> members.stream().anyMatch(member -> member.getNumber() == field.number))
                .toList();
    }
}
