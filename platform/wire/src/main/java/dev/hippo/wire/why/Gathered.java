// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Otherwise;
import dev.hippo.wire.mission.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a hippo remembers of a rule that takes several messages. */
final class Gathered {
    private Gathered() {}

    /** The places of the messages that wait for others. */
    static List<String> places(@Nullable JsonNode gathering, int part) {
        JsonNode waiting =
                gathering == null ? null : gathering.path("parts").path(part).get("waiting");
        if (waiting == null) {
            return List.of();
        }
        List<String> places = new ArrayList<>();
        // one that was written before there were several is no list
        (waiting.isArray() ? waiting : List.of(waiting))
                .forEach(each -> places.add(Trigger.Source.fromJson(each).place()));
        return places;
    }

    /** Since when it waits and until when; empty while it does not wait. */
    static String until(RuleSpec rule, @Nullable JsonNode gathering) {
        if (gathering == null || !gathering.has("since")) {
            return "";
        }
        Instant since = Instant.parse(gathering.path("since").asText());
        return "; since " + since
                + (rule.within().isZero()
                        ? ", for as long as it takes"
                        : ", until " + since.plus(rule.within())
                                + (rule.otherwise() == Otherwise.FAIL
                                        ? ", then it fails"
                                        : ", then it runs with what has come"));
    }
}
