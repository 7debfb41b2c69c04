// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.data.ColumnVector;
import java.util.Map;

/** Columns beside those of the contract, as long as these. */
interface SideColumns {
    /** None. */
    SideColumns NONE = new SideColumns() {
        @Override
        public long held() {
            return 0;
        }

        @Override
        public Map<String, ColumnVector> columns() {
            return Map.of();
        }
    };

    /** Bytes of memory that the columns have. */
    long held();

    Map<String, ColumnVector> columns();
}
