// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.HippoSettings.Batch.Repeat;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a hippo has ever started missions for, so that the same again is known. Not thread-safe. */
final class Accepted {
    private final Repeat repeat;
    /** By subject. */
    private final Map<String, DataVersion> latest = new HashMap<>();
    /** Where versions do not tell: of missions by hand, and of all where each message counts. */
    private final Set<String> ids = new HashSet<>();

    Accepted(Repeat repeat) {
        this.repeat = repeat;
    }

    void add(Mission mission) {
        latest.merge(mission.subject(), mission.version(), DataVersion::max);
        if (repeat == Repeat.QUEUE || mission.trigger().about().equals(Orders.BY_HAND)) {
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
     * @param each whether the messages tell one mission from another, not the version of the data
     */
    boolean isNew(Mission mission, boolean each) {
        DataVersion before = latest(mission);
        if (repeat == Repeat.SKIP) {
            return before == null;
        }
        return each
                ? !ids.contains(mission.id())
                : before == null || mission.version().compareTo(before) > 0;
    }

    /** The newest version of what the mission is about. */
    @Nullable
    DataVersion latest(Mission mission) {
        return latest.get(mission.subject());
    }
}
