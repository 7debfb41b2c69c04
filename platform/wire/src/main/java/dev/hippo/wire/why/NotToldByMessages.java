// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.pipeline.RuleSpec.EventCame;
import dev.hippo.pipeline.RuleSpec.TableClosed;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.why.Evidence.Reading;
import dev.hippo.wire.why.Why.Answer;
import dev.hippo.wire.why.Why.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What keeps conditions from being met that no single notice or finish message meets. */
final class NotToldByMessages {
    private NotToldByMessages() {}

    /** Of events it is known how many were read, and not what they hold: a contract is needed to read one. */
    static Answer event(String about, EventCame condition, String partition, Evidence evidence) {
        Reading reading = evidence.topics().get(condition.topic());
        if (reading == null || !reading.exists()) {
            return new Answer(
                    Verdict.NO_MESSAGE,
                    about,
                    "there is no topic '" + condition.topic() + "' in Kafka; 'hippo up' makes it");
        }
        if (condition.by().isEmpty() && !partition.isEmpty()) {
            return new Answer(
                    Verdict.NO_MESSAGE,
                    about,
                    "its missions have no partition, since it says no 'by'; ask without one");
        }
        String none = "no mission of such an event is known";
        return reading.unread() > 0
                ? new Answer(
                        Verdict.NOT_READ,
                        about,
                        none + "; " + reading.unread() + " records of topic '" + condition.topic()
                                + "' are not read yet")
                : new Answer(
                        Verdict.NO_MESSAGE,
                        about,
                        none + "; all that is on topic '" + condition.topic() + "' has been read ("
                                + reading.records() + " records" + (reading.deleted() ? ", older ones are deleted" : "")
                                + ")");
    }

    /**
     * Of a partition by time.
     *
     * @param state which partitions are not over, as the hippo remembers it; null if it has heard of none
     */
    static Answer closed(String about, TableClosed condition, String partition, @Nullable JsonNode state) {
        if (state == null) {
            return new Answer(
                    Verdict.NO_MESSAGE,
                    about,
                    "no commit to table '" + condition.db() + "." + condition.table() + "' has been heard of");
        }
        String newest =
                "the newest that has rows begins at " + state.path("newest").asText();
        for (JsonNode open : state.path("open")) {
            Map<String, String> columns = new LinkedHashMap<>();
            open.path("partition")
                    .properties()
                    .forEach(column ->
                            columns.put(column.getKey(), column.getValue().asText()));
            if (new PartitionValues(columns).values().equals(partition)) {
                return new Answer(
                        Verdict.WAITING,
                        about,
                        "it has rows, and is over when a partition has some that begins at "
                                + open.path("due").asText() + " or later; " + newest);
            }
        }
        return new Answer(
                Verdict.NO_MESSAGE,
                about,
                "it has no rows that wait for its end: none have come, or it was over before; " + newest);
    }
}
