// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongPredicate;

/** The numbers and names that a message or enum keeps from being used. */
record Reserved(List<Range> ranges, Set<String> names) {
    /** Numbers from {@code first} to {@code last}. */
    record Range(long first, long last) {}

    Reserved {
        ranges = List.copyOf(ranges);
        names = Set.copyOf(names);
    }

    static Reserved of(Descriptor message) {
        DescriptorProto proto = message.toProto();
        return new Reserved(
                proto.getReservedRangeList().stream()
                        .map(range -> new Range(range.getStart(), range.getEnd() - 1L))
                        .toList(),
                Set.copyOf(proto.getReservedNameList()));
    }

    static Reserved of(EnumDescriptor type) {
        EnumDescriptorProto proto = type.toProto();
        return new Reserved(
                proto.getReservedRangeList().stream()
                        .map(range -> new Range(range.getStart(), range.getEnd()))
                        .toList(),
                Set.copyOf(proto.getReservedNameList()));
    }

    boolean holds(long number) {
        return ranges.stream().anyMatch(range -> range.first() <= number && number <= range.last());
    }

    /** The first number that is reserved here and there neither reserved nor used. */
    OptionalLong firstNotKeptBy(Reserved there, LongPredicate used) {
        for (Range range : ranges) {
            long number = range.first();
            while (number <= range.last()) {
                long at = number;
                long next = there.ranges().stream()
                        .filter(kept -> kept.first() <= at && at <= kept.last())
                        .mapToLong(kept -> kept.last() + 1)
                        .max()
                        .orElse(used.test(at) ? at + 1 : at);
                if (next == at) {
                    return OptionalLong.of(at);
                }
                number = next;
            }
        }
        return OptionalLong.empty();
    }
}
