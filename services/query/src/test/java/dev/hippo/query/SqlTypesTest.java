// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.TimestampNTZType;
import org.junit.jupiter.api.Test;

class SqlTypesTest {
    @Test
    void smallNumbersAndTimesWithoutAZoneAreNoText() {
        assertThat(SqlTypes.of(ShortType.SHORT)).isEqualTo("SMALLINT");
        assertThat(SqlTypes.of(new ArrayType(ByteType.BYTE, true))).isEqualTo("TINYINT[]");
        assertThat(SqlTypes.of(TimestampNTZType.TIMESTAMP_NTZ)).isEqualTo("TIMESTAMP");
    }
}
