// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import java.sql.Connection;

/** A database that runs for tests of its capture. */
interface CapturedDatabase {
    Connection connection();

    /** The lines of a source that say how to reach the database. */
    String access();

    /** The schema in which the tables are. */
    String schema();

    /** A name as the database has it in a statement, whatever letters are in it. */
    String quoted(String odd);

    /** How the database calls the type of {@code numeric(12,2)}. */
    String declaredNumeric();

    /** The type of a text of more than 64 KiB. */
    String longText();

    /** What stands behind {@code select} for a row {@code (number, 'bulk', 1)} for each number. */
    String series(int first, int last);

    /** Lets the database tell rows before they were changed. */
    void tellBefore(String table) throws Exception;

    /** Divides a table into partitions, where that can be done to one that is there. */
    default void partition(String table) throws Exception {}

    /** Takes away what the stopped processes have left at the database. */
    void forgetReaders() throws Exception;

    void stop() throws Exception;
}
