// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionRangeTest {
    @ParameterizedTest
    @CsvSource({
        "201711, 201802, 201711 201712 201801 201802",
        "2017-12, 2018-01, 2017-12 2018-01",
        "2016-02-28, 2016-03-01, 2016-02-28 2016-02-29 2016-03-01",
        "20161231, 20170101, 20161231 20170101",
        "8, 11, 8 9 10 11",
        "008, 010, 008 009 010",
        // no month is the thirteenth, no day the 31st of June: numbers
        "201713, 201714, 201713 201714",
        "20170631, 20170632, 20170631 20170632",
        "201703, 201703, 201703",
    })
    void aRangeHasAllValuesOfItsKind(String from, String to, String values) {
        assertThat(PartitionRange.values(from, to)).isEqualTo(List.of(values.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({
        "201803, 201802, '201803' comes after '201802'",
        "9, 8, '9' comes after '8'",
        "1, 10001, more than 10000 partitions",
        "0001-01-01, 9999-01-01, more than 10000 partitions",
        "2017-01, 201702, is no range",
        "a, b, is no range",
        "'', 3, is no range",
    })
    void whatIsNoRangeIsTold(String from, String to, String why) {
        assertThatThrownBy(() -> PartitionRange.values(from, to))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
