// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.lake.columns.Column;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.StructField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Columns beside those of the contract, as long as these. */
interface SideColumns {
    /** None. */
    SideColumns NONE = new SideColumns() {
        @Override
        public List<StructField> fields() {
            return List.of();
        }

        @Override
        public List<Column> values() {
            return List.of();
        }
    };

    List<StructField> fields();

    /** In the order of the fields. */
    List<Column> values();

    /** Bytes of memory that the columns have. */
    default long held() {
        return values().stream().mapToLong(Column::held).sum();
    }

    /** By the names of the fields, in their order. */
    default Map<String, ColumnVector> columns() {
        Map<String, ColumnVector> named = new LinkedHashMap<>();
        for (int i = 0; i < values().size(); i++) {
            named.put(fields().get(i).getName(), values().get(i));
        }
        return named;
    }
}
