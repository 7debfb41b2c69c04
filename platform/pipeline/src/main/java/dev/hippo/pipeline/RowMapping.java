// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.List;
import java.util.Map;

/**
 * What is told of a table's rows, and under which names. Fields are those of the contract.
 *
 * @param contract of a table that is told in the topic of all changes alone, and needs no key; empty for that of its topic of latest rows
 * @param where what fields must be, as {@link FieldCondition} reads it; a row that is otherwise is told of as if it were not there
 * @param rename the field that takes a column, by the column's name, where the two differ; as {@link FieldPath} reads it
 * @param mask how much of a text is told, by the field, read in the same way
 * @param salt the secret that is hashed with each text
 */
public record RowMapping(
        String contract,
        Map<String, String> where,
        Map<String, String> rename,
        Map<String, TextMask> mask,
        String salt) {
    /** Every row as it is, in a topic of its own. */
    public static final RowMapping NONE = new RowMapping("", Map.of(), Map.of(), Map.of(), "");

    public RowMapping {
        where = Map.copyOf(where);
        rename = Map.copyOf(rename);
        mask = Map.copyOf(mask);
    }

    /**
     * The conditions on rows of a contract; all must hold.
     *
     * @throws IllegalArgumentException if one does not fit the contract, with what to do
     */
    public List<FieldCondition> conditions(Descriptor contract) {
        return where.entrySet().stream()
                .map(entry -> FieldCondition.of(contract, entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Without the salt. */
    @Override
    public String toString() {
        return "RowMapping[contract=" + contract + ", where=" + where + ", rename=" + rename + ", mask=" + mask + "]";
    }
}
