// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.contracts.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeCheckTest {
    private static Refusal objection(String notice) {
        return NoticeCheck.objection(notice.getBytes(StandardCharsets.UTF_8), Instant.EPOCH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"table\": \"A\", \"partition\": [{\"name\": \"YYYYMM\", \"value\": \"201703\"}], \"db\": \"btd\", \"method\": \"overwrite_partition\", \"exec_date\": \"1493394946\"}",
                "{\"table\": \"A\", \"partition\": [{\"name\": \"\", \"value\": \"\"}], \"db\": \"btmp\", \"method\": \"partition\", \"exec_date\": \"1493394946\"}",
                "{\"table\": \"A\", \"partitions\": [\"201703\", \"201704\"], \"exec_date\": \"2017/04/05T00:00:00Z\"}",
                "{\"table\": \"A\", \"partitions\": [\"201703\"], \"partitions_name\": \"yyyymm\", \"exec_date\": 1493394946}",
                "{\"exec_date\": 1531747697, \"partition_values\": [\"201807\"], \"db\": \"btd\", \"partition_fields\": [\"yyyymm\"], \"table\": \"A\"}",
                " {\"table\": \"A\"}\n"
            })
    void everyShapeThatNoticesHaveHadIsOne(String notice) {
        assertThat(objection(notice)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                  |           | notice   | neither 'table'",
                "{\"hippo_name\": \"h\", \"is_success\": true}       | table     | required | a notice names its 'table'",
                "{\"table\": \"A\", \"exec_date\": \"soon\"}         | exec_date | notice   | must be seconds since 1970",
                "{\"table\": \"A\", \"partition\": \"201703\"}       | partition | notice   | must be a list",
                "{\"table\": [\"A\"]}                                | table     | notice   | must be a text",
                "{\"table\": \"A\"} {\"table\": \"B\"}               |           | parse    | not JSON",
                "{\"table\": \"A\", \"table\": \"B\"}                |           | parse    | Duplicate field 'table'",
                "{\"table\": \"A\"                                   |           | parse    | not JSON",
                "7                                                   |           | notice   | not a JSON object"
            })
    void whatIsNoneIsToldWithItsField(String notice, String field, String rule, String reason) {
        Refusal refusal = objection(notice);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.INVALID);
        assertThat(refusal.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.path()).isEqualTo(field == null ? "" : field);
            assertThat(violation.rule()).isEqualTo(rule);
            assertThat(violation.message()).contains(reason);
        });
    }

    @Test
    void theReasonStandsInTheMessageToo() {
        Refusal refusal = objection("{\"table\": \"A\", \"version\": \"new\"}");
        assertThat(refusal).isNotNull();
        assertThat(refusal.message()).startsWith("not a valid notice: version: ");
        assertThat(refusal.violations()).extracting(Violation::path).isEqualTo(List.of("version"));
    }
}
