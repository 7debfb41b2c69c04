// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import dev.hippo.contracts.Place;

/** Compares an enum with what it was. What it was stored as is a number on the wire, and a name in tables, keys and JSON. */
final class EnumComparison {
    private final EnumDescriptor before;
    private final EnumDescriptor now;
    private final Reserved reservedBefore;
    private final Reserved reserved;
    private final Changes changes;

    EnumComparison(EnumDescriptor before, EnumDescriptor now, Changes changes) {
        this.before = before;
        this.now = now;
        this.reservedBefore = Reserved.of(before);
        this.reserved = Reserved.of(now);
        this.changes = changes;
    }

    void run() {
        before.getValues().forEach(this::kept);
        now.getValues().stream()
                .filter(value -> before.findValueByName(value.getName()) == null)
                .forEach(this::added);
        reservedBefore
                .firstNotKeptBy(reserved, number -> now.findValueByNumber((int) number) != null)
                .ifPresent(number -> changes.breaks(
                        Place.of(now),
                        "enum " + now.getFullName() + " no longer reserves " + number + ", which had a meaning once",
                        "put `reserved " + number + ";` back"));
        for (String name : reservedBefore.names()) {
            if (!reserved.names().contains(name) && now.findValueByName(name) == null) {
                changes.breaks(
                        Place.of(now),
                        "enum " + now.getFullName() + " no longer reserves \"" + name + "\", which had a meaning once",
                        "put `reserved \"" + name + "\";` back");
            }
        }
    }

    private void kept(EnumValueDescriptor was) {
        int number = was.getNumber();
        EnumValueDescriptor namesake = now.findValueByName(was.getName());
        if (namesake != null) {
            if (namesake.getNumber() != number) {
                changes.breaks(
                        Place.ofNumber(namesake),
                        "value " + was.getName() + " had number " + number + " and has " + namesake.getNumber()
                                + ": what is stored as " + number + " would mean something else, or nothing",
                        "give it back its number " + number);
            }
            return;
        }
        EnumValueDescriptor other = now.findValueByNumber(number);
        if (other == null) {
            removed(was);
        } else if (before.findValueByName(other.getName()) == null) {
            changes.breaks(
                    Place.ofName(other),
                    "number " + number + " was " + was.getName() + " and is " + other.getName()
                            + ": what is stored would change its meaning",
                    "give " + other.getName() + " a new number; if it is only another name for the same, keep both with"
                            + " `option allow_alias = true;`");
        } else {
            changes.renames(
                    Place.ofName(other),
                    "the name " + was.getName() + " for number " + number + " is gone: JSON that has it is refused",
                    "keep it beside " + other.getName());
        }
    }

    private void removed(EnumValueDescriptor was) {
        if (!reserved.holds(was.getNumber())) {
            changes.breaks(
                    Place.of(now),
                    "value " + was.getName() + " = " + was.getNumber()
                            + " was removed without 'reserved': a later value"
                            + " could take its number and give what is stored another meaning",
                    "write `reserved " + was.getNumber() + "; reserved \"" + was.getName() + "\";` in enum "
                            + now.getFullName());
        } else if (!reserved.names().contains(was.getName())) {
            changes.renames(
                    Place.of(now),
                    "value " + was.getName() + " was removed and its name is free",
                    "write `reserved \"" + was.getName() + "\";` too");
        }
    }

    private void added(EnumValueDescriptor value) {
        if (reservedBefore.holds(value.getNumber())) {
            changes.breaks(
                    Place.ofNumber(value),
                    "value " + value.getName() + " takes number " + value.getNumber()
                            + ", which was reserved: it had another meaning once",
                    "give it a new number and put `reserved " + value.getNumber() + ";` back");
        }
        if (reservedBefore.names().contains(value.getName())) {
            changes.breaks(
                    Place.ofName(value),
                    "value " + value.getName() + " takes a name that was reserved: it had another meaning once",
                    "choose another name");
        }
    }
}
