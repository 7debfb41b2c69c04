// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSettings.Batch.Repeat;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a hippo has ever started missions for, so that the same again is known. Not thread-safe. */
final class Accepted {
    private final Repeat repeat;
    /** Rules each of whose messages is a mission of its own. */
    private final Set<String> each;
    /** By subject. */
    private final Map<String, DataVersion> latest = new HashMap<>();
    /** Where versions do not tell: of missions by hand, and of all where each message counts. */
    private final Set<String> ids = new HashSet<>();

    Accepted(Batch settings) {
        this.repeat = settings.repeat();
        this.each = settings.rules().stream()
                .filter(RuleSpec::takesEach)
                .map(RuleSpec::toString)
                .collect(Collectors.toSet());
    }

    void add(Mission mission) {
        boolean own = each.contains(mission.trigger().rule());
        if (!own || repeat == Repeat.SKIP) {
            latest.merge(mission.subject(), mission.version(), DataVersion::max);
        }
        if (own || repeat == Repeat.QUEUE || mission.trigger().about().equals(Orders.BY_HAND)) {
            ids.add(mission.id());
        }
    }

    /** Whether a mission of that id was started; of ids that follow from versions this does not know. */
    boolean has(String id) {
        return ids.contains(id);
    }

    /**
     * Whether the mission is to be started; if not, its trigger has been seen, or a newer one.
     *
     * @param byMessages whether the messages tell one mission from another, not the version of the data
     */
    boolean isNew(Mission mission, boolean byMessages) {
        DataVersion before = latest(mission);
        if (repeat == Repeat.SKIP) {
            return before == null;
        }
        return byMessages
                ? !ids.contains(mission.id())
                : before == null || mission.version().compareTo(before) > 0;
    }

    /** The newest version of what the mission is about. */
    @Nullable
    DataVersion latest(Mission mission) {
        return latest.get(mission.subject());
    }
}
