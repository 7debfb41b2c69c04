// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalReaderTest {
    private static final Instant RECEIVED = Instant.parse("2026-11-21T10:00:00Z");

    private static List<Signal> read(String message) throws SignalFormatException {
        return SignalReader.read(message.getBytes(StandardCharsets.UTF_8), RECEIVED);
    }

    private static Signal.Notice notice(String message) throws SignalFormatException {
        return (Signal.Notice) read(message).get(0);
    }

    @Test
    void theMonthlyMessageOfTheSlidesIsRead() throws Exception {
        Signal.Notice notice = notice(
                "{\"table\": \"PARTY_TRU_ACCUM_BAL_M\", \"partition\": [{\"name\": \"YYYYMM\","
                        + " \"value\": \"201703\"}], \"db\": \"btd\", \"method\": \"overwrite_partition\", \"exec_date\": \"1493394946\"}");
        assertThat(notice.table()).isEqualTo("PARTY_TRU_ACCUM_BAL_M");
        assertThat(notice.db()).isEqualTo("btd");
        assertThat(notice.method()).isEqualTo("overwrite_partition");
        assertThat(notice.partitions()).containsExactly(PartitionValues.of("YYYYMM", "201703"));
        assertThat(notice.version()).isEqualTo(new DataVersion(Instant.ofEpochSecond(1493394946), 0));
    }

    @Test
    void theDailyMessageOfTheSlidesIsAboutTheWholeTable() throws Exception {
        Signal.Notice notice = notice("{\"table\": \"PARTY_EDW_CUST_INS_SALES\", \"partition\": [{\"name\": \"\","
                + " \"value\": \"\"}], \"db\": \"btmp\", \"method\": \"partition\", \"exec_date\": \"1493394946\"}");
        assertThat(notice.partitions()).containsExactly(PartitionValues.WHOLE);
        assertThat(notice.method()).isEqualTo("partition");
    }

    @Test
    void eachOfSeveralPartitionsIsItsOwn() throws Exception {
        assertThat(
                        notice(
                                "{\"table\":\"t\",\"partitions\":[\"201703\",\"201704\"],\"exec_date\":\"2017/04/05T00:00:00Z\"}"))
                .satisfies(notice -> {
                    assertThat(notice.partitions())
                            .containsExactly(PartitionValues.of("", "201703"), PartitionValues.of("", "201704"));
                    assertThat(notice.version().executed()).isEqualTo("2017-04-05T00:00:00Z");
                });
        assertThat(notice(
                                "{\"table\":\"t\",\"partitions\":[\"201703\"],\"partitions_name\":\"yyyymm\",\"exec_date\":1493394946}")
                        .partitions())
                .containsExactly(PartitionValues.of("yyyymm", "201703"));
        assertThat(notice(
                                "{\"exec_date\": 1531747697, \"partition_values\": [\"201807\"], \"db\": \"btd\","
                                        + " \"partition_fields\": [\"yyyymm\"], \"table\": \"t\", \"method\": \"overwrite_partition\"}")
                        .partitions())
                .containsExactly(PartitionValues.of("yyyymm", "201807"));
        assertThat(notice(
                                "{\"table\":\"t\",\"partition_fields\":[\"day\",\"region\"],\"partition_values\":[\"1/eu\",\"1/us\"]}")
                        .partitions())
                .extracting(PartitionValues::columns)
                .containsExactly(Map.of("day", "1", "region", "eu"), Map.of("day", "1", "region", "us"));
        assertThat(notice(
                                "{\"table\":\"t\",\"partition\":[{\"name\":\"y\",\"value\":\"1\"},{\"name\":\"m\",\"value\":\"2\"},"
                                        + "{\"name\":\"y\",\"value\":\"1\"},{\"name\":\"m\",\"value\":\"3\"}]}")
                        .partitions())
                .extracting(PartitionValues::values)
                .containsExactly("1/2", "1/3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"finish_time\": 1507194374, \"is_success\": true, \"num\": \"1000\", \"hippo_name\": \"test.submit\", \"job_name\": \"test-submit\"} | test.submit | true",
                "{\"hippo_name\": \"a\", \"success\": false} | a | false",
                "{\"job\": \"b\", \"success\": true, \"finish_date\": \"2017-04-05\"} | b | true"
            })
    void finishMessagesOfAllAgesAreRead(String message, String hippo, boolean success) throws Exception {
        Signal.Finish finish = (Signal.Finish) read(message).get(0);
        assertThat(finish.hippo()).isEqualTo(hippo);
        assertThat(finish.success()).isEqualTo(success);
        assertThat(finish.partitions()).containsExactly(PartitionValues.WHOLE);
    }

    @Test
    void aCommitOfATableIsNoticeAndFinishMessage() throws Exception {
        assertThat(read("{\"hippo_name\":\"lake\",\"table\":\"flights\",\"db\":\"p\",\"version\":7,\"exec_date\":1}"))
                .hasSize(2)
                .allSatisfy(
                        signal -> assertThat(signal.version()).isEqualTo(new DataVersion(Instant.ofEpochSecond(1), 7)));
    }

    @Test
    void unknownFieldsAreKept() throws Exception {
        assertThat(notice("{\"table\":\"t\",\"colour\":{\"deep\":[1,2]}}")
                        .message()
                        .toString())
                .isEqualTo("{\"table\":\"t\",\"colour\":{\"deep\":[1,2]}}");
    }

    @Test
    void aMessageWithoutTimeIsOfTheTimeAtWhichItCame() throws Exception {
        assertThat(notice("{\"table\":\"t\"}").version()).isEqualTo(new DataVersion(RECEIVED, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | the message is not JSON",
                "[1] | not a JSON object",
                "{\"db\":\"x\"} | neither 'table'",
                "{\"table\":\"t\",\"exec_date\":\"soon\"} | 'exec_date' must be seconds since 1970",
                "{\"table\":\"t\",\"partition\":\"201703\"} | 'partition' must be a list",
                "{\"table\":\"t\",\"partition\":[\"201703\"]} | 'partition' must hold objects such as",
                "{\"table\":\"t\",\"is_success\":\"maybe\"} | must be true or false, not 'maybe'",
                "{\"table\":[\"t\"]} | 'table' must be a text",
                "{\"table\":\"t\",\"partition_fields\":[\"a\",\"b\"],\"partition_values\":[\"1\"]} | must have a part for each of [a, b]"
            })
    void whatCannotBeReadIsToldByItsField(String message, String reason) {
        assertThatThrownBy(() -> read(message))
                .isInstanceOf(SignalFormatException.class)
                .hasMessageContaining(reason);
    }
}
