// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.filter;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.pipeline.FieldCondition;
import dev.hippo.pipeline.RowMapping;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a table are told. What happens to a row that is not wanted before and after is not told; a row that is not wanted any more is told as deleted, and one that is
 * wanted now, where the source tells that it was not, as created. Thread-safe.
 */
public final class RowFilter {
    private final Descriptor contract;
    private final List<FieldCondition> conditions;
    /** Whether the key alone says if a row is wanted. */
    private final boolean byKey;

    /**
     * For the rows of a table.
     *
     * @param key the fields of its topic's key
     * @throws IllegalArgumentException if the conditions do not fit the contract
     */
    public RowFilter(RowMapping mapping, Descriptor contract, List<String> key) {
        this.contract = contract;
        this.conditions = mapping.conditions(contract);
        this.byKey = Set.copyOf(key).containsAll(mapping.where().keySet());
    }

    /** Whether a row is told that is there. */
    boolean tells(RowChange read) {
        byte[] row = read.after();
        return row != null && wants(row);
    }

    /** What is told of a row that is there to who may have been told of it by another filter. */
    RowChange toldAgain(RowChange read) {
        return tells(read) ? read : gone(read);
    }

    /** What is told of a change; null if nothing is. */
    @Nullable
    RowChange told(RowChange change) {
        if (change.op() == Op.TRUNCATE) {
            return change;
        }
        byte[] after = change.after();
        boolean wanted = after != null && wants(after);
        Boolean before = wasWanted(change);
        if (!wanted) {
            return Boolean.FALSE.equals(before) ? null : gone(change);
        }
        return (change.op() == Op.UPDATE && Boolean.FALSE.equals(before))
                ? new RowChange(Op.CREATE, change.table(), change.key(), null, after, change.unchanged())
                : change;
    }

    /** Null if the source does not tell enough of the row. */
    private @Nullable Boolean wasWanted(RowChange change) {
        byte[] key = change.key();
        byte[] before = change.before();
        if (byKey && key != null) {
            return wants(key);
        }
        if (change.op() == Op.CREATE) {
            return false;
        }
        // a deleted row may be told by its key alone
        return (before == null || Arrays.equals(before, key)) ? null : wants(before);
    }

    private static RowChange gone(RowChange change) {
        return change.op() == Op.DELETE
                ? change
                : new RowChange(Op.DELETE, change.table(), change.key(), change.before(), null, List.of());
    }

    private boolean wants(byte[] image) {
        try {
            DynamicMessage row = DynamicMessage.parseFrom(contract, image);
            return conditions.stream().allMatch(condition -> condition.test(row));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an image of ours is no " + contract.getFullName(), e);
        }
    }
}
