// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The missions of one hippo, where each is, and in which order they run. What changes is noted in the {@link Changes}. Not thread-safe. */
final class Missions {
    /** Ended missions that can be started again by hand. */
    private static final int KEPT_ENDS = 1_000;

    private final Accepted accepted;
    private final MissionQueue queue;
    private final Map<String, Mission> open = new LinkedHashMap<>();
    private final Map<String, Mission> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Mission> eldest) {
            return size() > KEPT_ENDS;
        }
    };
    /** Those of the open missions that wait for their next attempt. */
    private final Map<String, Mission> retrying = new LinkedHashMap<>();

    private Changes changes = new Changes();

    Missions(Batch settings) {
        this.accepted = new Accepted(settings);
        this.queue = new MissionQueue(settings.concurrency());
    }

    void restore(Mission mission) {
        accepted.add(mission);
        if (mission.status().isFinal()) {
            open.remove(mission.id());
            ended.put(mission.id(), mission);
        } else {
            open.put(mission.id(), mission);
        }
    }

    /** Puts what was restored in its order, and gives the missions that were running. */
    List<Mission> begin() {
        List<Mission> sorted = open.values().stream()
                .sorted(Comparator.comparing(Mission::createdAt))
                .toList();
        for (Mission mission : sorted) {
            if (mission.status() == MissionStatus.QUEUED) {
                queue.add(mission);
            } else {
                queue.hold(mission, mission.status() == MissionStatus.RUNNING);
            }
            if (mission.status() == MissionStatus.RETRYING) {
                retrying.put(mission.id(), mission);
            }
        }
        return sorted.stream()
                .filter(mission -> mission.status() == MissionStatus.RUNNING)
                .toList();
    }

    /** What has ever been accepted. */
    Accepted accepted() {
        return accepted;
    }

    /** Whether a mission of that id is remembered. */
    boolean has(String id) {
        return accepted.has(id) || open.containsKey(id) || ended.containsKey(id);
    }

    /** A mission that has not ended. */
    @Nullable
    Mission open(String id) {
        return open.get(id);
    }

    /** A mission that is remembered. */
    @Nullable
    Mission known(String id) {
        Mission mission = open.get(id);
        return mission == null ? ended.get(id) : mission;
    }

    Collection<Mission> open() {
        return List.copyOf(open.values());
    }

    /** The last missions that have ended. */
    Collection<Mission> ended() {
        return ended.values();
    }

    /** Those that wait for their next attempt. */
    Collection<Mission> retrying() {
        return List.copyOf(retrying.values());
    }

    /** A new mission. */
    void enqueue(Mission mission) {
        accepted.add(mission);
        queue.add(mission);
        update(mission);
    }

    void update(Mission mission) {
        open.put(mission.id(), mission);
        changes.state(mission);
    }

    /** An attempt has failed, and another comes. */
    void retry(Mission mission) {
        queue.pause(mission);
        retrying.put(mission.id(), mission);
        update(mission);
    }

    /** An attempt was broken off: it gives its slot away, and the next one begins as soon as there is one. */
    void interrupt(Mission mission) {
        queue.pause(mission);
        queue.resume(mission);
        update(mission.requeued());
    }

    /** Missions whose wait for the next attempt is over go back into the queue. */
    void resume(Instant now) {
        for (Mission mission : retrying()) {
            if (!now.isBefore(dueAt(mission))) {
                retrying.remove(mission.id());
                queue.resume(mission);
                update(mission.requeued());
            }
        }
    }

    static Instant dueAt(Mission mission) {
        Instant due = mission.dueAt();
        return due == null ? Instant.MIN : due;
    }

    void finish(Mission mission) {
        open.remove(mission.id());
        retrying.remove(mission.id());
        ended.put(mission.id(), mission);
        queue.remove(mission);
        changes.state(mission);
        changes.finishes().add(mission);
    }

    /** The mission that begins now; null if none can. */
    @Nullable
    Mission next() {
        String id = queue.next();
        if (id == null) {
            return null;
        }
        Mission mission = open.get(id);
        if (mission == null) {
            throw new IllegalStateException("mission " + id + " is queued and not open");
        }
        return mission;
    }

    Changes changes() {
        return changes;
    }

    /** What has changed since the last time. */
    Changes take() {
        Changes taken = changes;
        changes = new Changes();
        return taken;
    }
}
