// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.pipeline.TopicSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The topics that this door publishes. */
final class DoorTopics {
    private final Map<String, DoorTopic> topics = new LinkedHashMap<>();

    DoorTopics(HippoContext context) throws HippoFailure {
        String source = "/" + context.pipeline().name() + "/" + context.hippo().name();
        for (String name : context.hippo().publish()) {
            TopicSpec spec = context.pipeline().topic(name);
            Contract contract = context.contracts()
                    .contract(spec.contract())
                    .orElseThrow(() -> new HippoFailure("topic '" + name + "': contract '" + spec.contract()
                            + "' is not in the contracts folder; "
                            + Suggestion.hint(
                                    spec.contract(), context.contracts().names())));
            try {
                topics.put(name, new DoorTopic(spec, contract, source));
            } catch (IllegalArgumentException e) {
                throw new HippoFailure("topic '" + name + "': " + e.getMessage(), e);
            }
        }
    }

    @Nullable
    DoorTopic find(String name) {
        return topics.get(name);
    }

    Collection<DoorTopic> all() {
        return topics.values();
    }

    Refused unknown(String name) {
        return new Refused(
                Refused.Reason.UNKNOWN_TOPIC,
                "topic '" + name + "' is not published here; " + Suggestion.hint(name, topics.keySet()),
                List.of());
    }
}
