// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewindsTest {
    private static final TopicPartition NOTICES = new TopicPartition("notices", 0);

    @ParameterizedTest
    @CsvSource({"notices, 2, false", "notices, 3, true", "notices, 6, true", "notices, 7, false", "others, 3, false"})
    void missionsOfTheRangeRunAgain(String topic, long offset, boolean covered) {
        Trigger.Source source = new Trigger.Source(topic, 0, offset, JsonNodeFactory.instance.objectNode());
        Mission mission = Mission.accepted(
                "m",
                "p",
                "h",
                PartitionValues.WHOLE,
                new DataVersion(Instant.EPOCH, 0),
                new Trigger("rule", "t", List.of(source)),
                Map.of(),
                Instant.EPOCH);
        assertThat(new Rewinds.Way(Map.of(NOTICES, 3L), Map.of(NOTICES, 7L)).covers(mission))
                .isEqualTo(covered);
        assertThat(new Rewinds.Way(Map.of(NOTICES, 3L)).covers(mission))
                .isEqualTo(topic.equals("notices") && offset >= 3);
    }
}
