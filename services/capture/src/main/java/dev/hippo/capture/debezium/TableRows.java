// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.SourceFailure;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Tells the changes of the rows of one version of a table. Not thread-safe. */
interface TableRows {
    void insert(Struct after, ChangeListener to) throws SourceFailure, InterruptedException;

    /** The row before is null if the database does not tell it. */
    void update(@Nullable Struct before, Struct after, ChangeListener to) throws SourceFailure, InterruptedException;

    void delete(Struct before, ChangeListener to) throws SourceFailure, InterruptedException;

    void truncate(ChangeListener to) throws SourceFailure, InterruptedException;
}
