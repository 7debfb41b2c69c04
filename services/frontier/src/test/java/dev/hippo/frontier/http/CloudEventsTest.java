// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpHeaders;
import dev.hippo.frontier.http.IncomingEvent.Encoding;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CloudEventsTest {
    private static IncomingEvent structured(String json) {
        return CloudEvents.structured(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void attributesOfAStructuredEventBecomeHeaders() {
        IncomingEvent event = structured("{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\","
                + "\"time\":\"2026-01-01T00:00:00Z\",\"count\":3,\"data\":{\"a\": 1}}");
        assertThat(event.objection()).isNull();
        assertThat(event.id()).isEqualTo("7");
        assertThat(event.encoding()).isEqualTo(Encoding.JSON);
        assertThat(new String(event.raw(), StandardCharsets.UTF_8)).isEqualTo("{\"a\": 1}");
        assertThat(event.headers())
                .containsEntry("ce_source", "/s")
                .containsEntry("ce_senttime", "2026-01-01T00:00:00Z")
                .containsEntry("ce_count", "3")
                .doesNotContainKeys("ce_id", "ce_time", "ce_specversion");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(structured("{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"data\":{}}")
                        .objection())
                .contains("'type'");
        assertThat(structured("{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\"}")
                        .objection())
                .contains("'data'");
        assertThat(structured("{\"specversion\":\"0.3\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\",\"data\":{}}")
                        .objection())
                .contains("0.3");
        assertThat(structured("[1]").objection()).contains("not a JSON object");
        assertThat(structured(
                                "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":\"%\"}")
                        .objection())
                .contains("base64");
        assertThat(structured(
                                "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\",\"bad\":{},\"data\":1}")
                        .objection())
                .contains("'bad'");
    }

    @Test
    void whatFollowsTheEventIsNotDropped() {
        String event = "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\",\"data\":{}}";
        assertThat(structured(event).objection()).isNull();
        assertThat(structured(event + event).objection()).contains("there is more");
    }

    @Test
    void nullIsNoBase64() {
        assertThat(structured(
                                "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":null}")
                        .objection())
                .contains("data_base64");
    }

    @Test
    void headersOfBinaryModeAreDecoded() {
        IncomingEvent event = CloudEvents.binary(
                        HttpHeaders.of("ce-id", "1+1", "ce-source", "B%C3%A2le", "ce-odd", "50%", "accept", "x"))
                .event(new byte[0], Encoding.PROTOBUF);
        assertThat(event.id()).isEqualTo("1+1");
        assertThat(event.headers())
                .containsEntry("ce_source", "Bâle")
                .containsEntry("ce_odd", "50%")
                .hasSize(2);
    }
}
