// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

/**
 * One column that a table is partitioned by.
 *
 * @param name the column's name in the table
 * @param field the contract's field that it is taken from
 * @param transform what of the field is taken
 */
public record PartitionColumn(String name, String field, Transform transform) {
    /** What a partition column takes of its field. Times are cut in UTC. */
    public enum Transform {
        /** The value as it is. */
        IDENTITY,
        /** {@code 2001-01-31T22}. */
        HOUR,
        /** A date. */
        DAY,
        /** {@code 2001-01}. */
        MONTH
    }
}
