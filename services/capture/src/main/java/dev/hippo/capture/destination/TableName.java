// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

/** A table's full name. */
record TableName(String schema, String name) {
    /** Reads {@code SCHEMA.TABLE}. */
    static TableName of(String full) {
        int dot = full.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("'" + full + "' is no table's full name; write SCHEMA.TABLE");
        }
        return new TableName(full.substring(0, dot), full.substring(dot + 1));
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
