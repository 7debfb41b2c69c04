// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hippo.contracts.Violation;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalFormatException;
import dev.hippo.wire.mission.SignalReader;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says whether bytes are a notice as the hippos that wait for it read one, and is stricter: one JSON text, no field twice. */
public final class NoticeCheck {
    private static final ObjectReader STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private NoticeCheck() {}

    /** Why the bytes are no notice; null if they are one. */
    public static @Nullable Refusal objection(byte[] notice, Instant received) {
        try {
            STRICT.readTree(notice);
            List<Signal> signals = SignalReader.read(notice, received);
            return signals.stream().anyMatch(Signal.Notice.class::isInstance)
                    ? null
                    : refusal("table", "required", "a notice names its 'table'; this is the finish message of a hippo");
        } catch (JsonProcessingException e) {
            return refusal("", "parse", "not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return refusal("", "parse", "not JSON: " + e.getMessage());
        } catch (SignalFormatException e) {
            return refusal(e.field(), "notice", String.valueOf(e.getMessage()));
        }
    }

    private static Refusal refusal(String field, String rule, String reason) {
        return Refusal.invalid("notice", List.of(new Violation(field, rule, reason)));
    }
}
