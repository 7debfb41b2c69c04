// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
    private static String lag(String json) throws JsonProcessingException {
        JsonNode node = new ObjectMapper().readTree(json);
        return StatusCommand.lag(node);
    }

    @Test
    void lagIsInEventsOrForTheLogOfADatabaseInTime() throws JsonProcessingException {
        assertThat(lag("{\"lag\": 12345}")).isEqualTo("12,345");
        assertThat(lag("{\"lag\": 0, \"behindSeconds\": 75.2}")).isEqualTo("1m15s");
        assertThat(lag("{\"behindSeconds\": 0}")).isEqualTo("0 s");
        assertThat(lag("{}")).isEqualTo("-");
    }
}
