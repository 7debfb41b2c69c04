// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;

/** Tells which message a table's rows become. Asked once for each version of a table, by the thread that reads the source. */
@FunctionalInterface
public interface Contracts {
    /**
     * The message, for a table as it is at some place of the log.
     *
     * @throws SourceFailure if there is none that could take these columns, with what to do
     */
    Descriptor of(SourceTable table) throws SourceFailure;

    /**
     * Which field of it takes which column.
     *
     * @throws SourceFailure if they do not fit, with what to do
     */
    default ContractMapping mapping(SourceTable table) throws SourceFailure {
        ContractMapping mapping = ContractMapping.of(table, of(table));
        if (!mapping.problems().isEmpty()) {
            throw new SourceFailure(SourceFailure.Kind.SETTING, String.join("; ", mapping.problems()));
        }
        return mapping;
    }
}
