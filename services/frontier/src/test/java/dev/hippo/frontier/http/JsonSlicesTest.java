// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonSlicesTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> elements(String json) throws JsonProcessingException {
        return JsonSlices.values(bytes(json)).each().stream()
                .map(slice -> new String(slice, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void elementsAreCutWithoutChangingThem() throws Exception {
        assertThat(elements(" [ {\"a\" : 1.10, \"ü\":\"]}\"} ,12, \"x,\\\"y\" , null,[1, 2] , 1e400] "))
                .containsExactly("{\"a\" : 1.10, \"ü\":\"]}\"}", "12", "\"x,\\\"y\"", "null", "[1, 2]", "1e400");
        assertThat(elements("{\"a\":{\"b\":[]}}")).containsExactly("{\"a\":{\"b\":[]}}");
        assertThat(elements("[]")).isEmpty();
        assertThat(elements("[7]")).containsExactly("7");
    }

    @Test
    void longTextIsCutWhole() throws Exception {
        String text = "\"" + "é".repeat(20_000) + "\"";
        assertThat(elements("[" + text + ",1]")).containsExactly(text, "1");
    }

    @Test
    void membersKeepTheirText() throws Exception {
        Map<String, byte[]> members =
                JsonSlices.members(bytes("{\"id\": \"1\", \"data\":{\"n\":12345678901234567890}, \"t\":true}"));
        assertThat(members).containsOnlyKeys("id", "data", "t");
        assertThat(new String(members.get("data"), StandardCharsets.UTF_8)).isEqualTo("{\"n\":12345678901234567890}");
        assertThat(new String(members.get("t"), StandardCharsets.UTF_8)).isEqualTo("true");
    }

    @Test
    void whatIsNotStrictJsonIsRefused() {
        for (String bad :
                List.of("", " ", "{", "{\"a\":1", "[1,]", "{'a':1}", "{\"a\":1,\"a\":2}", "{} {}", "[1] x", "NaN")) {
            assertThatThrownBy(() -> JsonSlices.values(bytes(bad))).as(bad).isInstanceOf(JsonProcessingException.class);
        }
        assertThatThrownBy(() -> JsonSlices.values("[{\"a\":1}]".getBytes(StandardCharsets.UTF_16)))
                .isInstanceOf(JsonProcessingException.class);
    }
}
