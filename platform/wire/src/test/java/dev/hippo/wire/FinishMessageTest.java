// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FinishMessageTest {
    @Test
    void aCommitIsToldInTheHistoricFieldsAndInOurs() {
        FinishMessage message = new FinishMessage(
                "flights-lake",
                "flights",
                "flights",
                "append",
                List.of(Map.of("day", "2001-01-01"), Map.of("day", "2001-01-02")),
                12,
                7,
                Instant.ofEpochSecond(1_493_394_946));
        assertThat(message.toJson().toString())
                .isEqualTo(
                        "{\"hippo_name\":\"flights-lake\",\"job_name\":\"flights-lake\",\"job_id\":\"flights.flights@7\","
                                + "\"is_success\":true,\"finish_time\":1493394946,\"db\":\"flights\",\"table\":\"flights\","
                                + "\"method\":\"append\",\"exec_date\":1493394946,\"rows\":12,\"version\":7,"
                                + "\"partition_fields\":[\"day\"],\"partition_values\":[\"2001-01-01\",\"2001-01-02\"],"
                                + "\"partition\":[{\"name\":\"day\",\"value\":\"2001-01-01\"},{\"name\":\"day\",\"value\":\"2001-01-02\"}]}");
    }
}
