// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import dev.hippo.contracts.Place;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares a message, and all that it holds, with what it was. Not thread-safe. */
final class MessageComparison {
    private record Pair(String before, String now) {}

    private final Changes changes;
    private final Set<Pair> compared = new HashSet<>();

    MessageComparison(Changes changes) {
        this.changes = changes;
    }

    void compare(Descriptor before, Descriptor now) {
        if (!compared.add(new Pair(before.getFullName(), now.getFullName()))) {
            return;
        }
        Reserved reserved = Reserved.of(now);
        for (FieldDescriptor was : before.getFields()) {
            FieldDescriptor is = now.findFieldByNumber(was.getNumber());
            FieldDescriptor namesake = now.findFieldByName(was.getName());
            if (namesake != null && namesake.getNumber() != was.getNumber()) {
                changes.breaks(
                        Place.ofNumber(namesake),
                        "field '" + was.getName() + "' had number " + was.getNumber() + " and has "
                                + namesake.getNumber() + ": what is stored under " + was.getNumber() + " would be lost",
                        "give it back its number " + was.getNumber());
            } else if (is == null) {
                removed(was, now, reserved);
            }
            if (is != null) {
                kept(was, is, namesake == null);
            }
        }
        Reserved reservedBefore = Reserved.of(before);
        now.getFields().stream()
                .filter(field -> before.findFieldByNumber(field.getNumber()) == null)
                .forEach(field -> added(field, before, reservedBefore));
        oneofs(before, now);
        reservations(reservedBefore, now, reserved);
    }

    private void kept(FieldDescriptor was, FieldDescriptor is, boolean nameIsGone) {
        if (!FieldShape.same(was, is)) {
            changes.breaks(
                    Place.ofName(is),
                    "field number " + is.getNumber() + " of "
                            + is.getContainingType().getFullName() + " was "
                            + FieldShape.text(was) + " " + was.getName() + " and is " + FieldShape.text(is) + " "
                            + is.getName() + ": what is stored would not be read, or be read as something else",
                    "give what is new a number of its own; keep the old field, or write `reserved " + was.getNumber()
                            + "; reserved \"" + was.getName() + "\";`");
            return;
        }
        if (nameIsGone) {
            changes.renames(
                    Place.ofName(is),
                    "field '" + was.getName() + "' of " + is.getContainingType().getFullName() + " is now '"
                            + is.getName()
                            + "': the bytes stay readable, but JSON with the old name is refused, SQL must name the new"
                            + " one, and a table keeps a column of each name",
                    "keep the name unless all senders and readers change with it");
        } else if (was.getName().equals(is.getName()) && !was.getJsonName().equals(is.getJsonName())) {
            changes.renames(
                    Place.ofName(is),
                    "the JSON name of field '" + is.getName() + "' was '" + was.getJsonName() + "' and is '"
                            + is.getJsonName() + "': JSON with the old one is refused",
                    "keep it unless all senders and readers change with it");
        }
        if (is.isRequired() && !was.isRequired()) {
            changes.breaks(
                    Place.ofName(is),
                    "field '" + is.getName() + "' is now required: what is stored without it would not parse",
                    "make it optional; the door can require it with (buf.validate.field).required = true");
        }
        presence(was, is);
        inside(was, is);
    }

    private void presence(FieldDescriptor was, FieldDescriptor is) {
        if (was.hasPresence() == is.hasPresence() || is.isRequired() || is.getRealContainingOneof() != null) {
            return;
        }
        changes.renames(
                Place.ofName(is),
                "field '" + is.getName() + "' "
                        + (is.hasPresence()
                                ? "is now optional: a zero or empty value that is stored is read as absent"
                                : "is no longer optional: absent and zero or empty are now the same"),
                "make sure that no reader minds");
    }

    private void inside(FieldDescriptor was, FieldDescriptor is) {
        if (was.isMapField()) {
            inside(FieldShape.value(was), FieldShape.value(is));
        } else if (was.getJavaType() == JavaType.MESSAGE) {
            compare(was.getMessageType(), is.getMessageType());
        } else if (was.getJavaType() == JavaType.ENUM
                && compared.add(new Pair(
                        was.getEnumType().getFullName(), is.getEnumType().getFullName()))) {
            new EnumComparison(was.getEnumType(), is.getEnumType(), changes).run();
        }
    }

    private void removed(FieldDescriptor was, Descriptor now, Reserved reserved) {
        String field = "field '" + was.getName() + "' (number " + was.getNumber() + ")";
        if (!reserved.holds(was.getNumber())) {
            changes.breaks(
                    Place.of(now),
                    field + " was removed without 'reserved': a later field could take its number and what is stored"
                            + " would be read as that",
                    "write `reserved " + was.getNumber() + "; reserved \"" + was.getName() + "\";` in message "
                            + now.getFullName());
        } else if (!reserved.names().contains(was.getName())) {
            changes.renames(
                    Place.of(now),
                    field + " was removed and its name is free: a later field could take it, and the column that tables"
                            + " keep",
                    "write `reserved \"" + was.getName() + "\";` too");
        }
    }

    private void added(FieldDescriptor field, Descriptor before, Reserved reservedBefore) {
        if (reservedBefore.holds(field.getNumber())) {
            changes.breaks(
                    Place.ofNumber(field),
                    "field '" + field.getName() + "' takes number " + field.getNumber()
                            + ", which was reserved: what an earlier field left behind would be read as this one",
                    "give it a new number and put `reserved " + field.getNumber() + ";` back");
        }
        if (reservedBefore.names().contains(field.getName())) {
            changes.breaks(
                    Place.ofName(field),
                    "field '" + field.getName()
                            + "' takes a name that was reserved: a table may still have the column of"
                            + " an earlier field",
                    "choose another name");
        }
        if (field.isRequired()) {
            changes.breaks(
                    Place.ofName(field),
                    "field '" + field.getName() + "' is new and required: what is stored without it would not parse as "
                            + before.getFullName(),
                    "make it optional; the door can require it with (buf.validate.field).required = true");
        }
    }

    /** Of fields that came to share a oneof, an event that has several would lose all but the last. */
    private void oneofs(Descriptor before, Descriptor now) {
        for (OneofDescriptor oneof : now.getRealOneofs()) {
            List<FieldDescriptor> old = oneof.getFields().stream()
                    .map(field -> before.findFieldByNumber(field.getNumber()))
                    .filter(field -> field != null)
                    .toList();
            long apart = old.stream()
                    .map(field -> field.getRealContainingOneof() == null
                            ? field.getName()
                            : "oneof " + field.getRealContainingOneof().getName())
                    .distinct()
                    .count();
            if (apart > 1) {
                changes.breaks(
                        Place.of(oneof),
                        old.stream().map(field -> "'" + field.getName() + "'").collect(Collectors.joining(", "))
                                + " now exclude each other in oneof '" + oneof.getName()
                                + "': of a stored event that has several, all but the last would be lost",
                        "leave existing fields where they are; a oneof may begin with new fields, or with one old one");
            }
        }
    }

    private void reservations(Reserved before, Descriptor now, Reserved reserved) {
        before.firstNotKeptBy(reserved, number -> now.findFieldByNumber((int) number) != null)
                .ifPresent(number -> changes.breaks(
                        Place.of(now),
                        "message " + now.getFullName() + " no longer reserves number " + number
                                + ", under which an earlier field may be stored",
                        "put `reserved " + number + ";` back"));
        for (String name : before.names()) {
            if (!reserved.names().contains(name) && now.findFieldByName(name) == null) {
                changes.breaks(
                        Place.of(now),
                        "message " + now.getFullName() + " no longer reserves \"" + name
                                + "\", of which tables may have a column",
                        "put `reserved \"" + name + "\";` back");
            }
        }
    }
}
