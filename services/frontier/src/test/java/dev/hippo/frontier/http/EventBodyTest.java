// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.linecorp.armeria.common.HttpHeaders;
import dev.hippo.frontier.publish.Publisher;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventBodyTest {
    private static EventBody read(BodyType type, String body, Charset charset) throws JsonProcessingException {
        return EventBody.read(type, HttpHeaders.of(), body.getBytes(charset));
    }

    @Test
    void anArrayBehindAByteOrderMarkIsReadToItsEnd() throws Exception {
        EventBody body = read(BodyType.JSON, "\ufeff[{\"a\":1},{\"a\":2}]", StandardCharsets.UTF_8);
        assertThat(body.many()).isTrue();
        assertThat(body.events())
                .extracting(event -> new String(event.raw(), StandardCharsets.UTF_8))
                .containsExactly("{\"a\":1}", "{\"a\":2}");
        assertThat(read(BodyType.JSON, "\ufeff[]", StandardCharsets.UTF_8).events())
                .isEmpty();
    }

    @Test
    void anEmptyArrayInAnotherEncodingBringsNoEvent() throws Exception {
        assertThat(read(BodyType.JSON, "[]", StandardCharsets.UTF_16BE).events())
                .isEmpty();
    }

    @Test
    void aLineIsAnObjectAndNoArrayOfOne() throws Exception {
        EventBody body = read(BodyType.LINES, "{\"a\":1}\n\n[{\"a\":2}]\n[]", StandardCharsets.UTF_8);
        assertThat(body.events())
                .extracting(IncomingEvent::objection)
                .containsExactly(null, "line 3 is not a JSON object", "line 4 is not a JSON object");
    }

    @Test
    void aSmallBodyOfMillionsIsNotTakenApart() {
        for (BodyType type : new BodyType[] {BodyType.JSON, BodyType.CLOUD_EVENTS}) {
            assertThatExceptionOfType(TooManyEvents.class)
                    .isThrownBy(
                            () -> read(type, "[" + "1,".repeat(Publisher.MOST_EVENTS) + "1]", StandardCharsets.UTF_8));
        }
        assertThatExceptionOfType(TooManyEvents.class)
                .isThrownBy(
                        () -> read(BodyType.LINES, "1\n".repeat(Publisher.MOST_EVENTS + 1), StandardCharsets.UTF_8));
    }
}
