// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.wire.mission.Mission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which mission is next: so many run at a time, and of those about the same subject only one, in the order in which they came; one that waits for its next
 * attempt keeps the others about its subject waiting. Not thread-safe.
 */
final class MissionQueue {
    private final int slots;
    private int running;
    private final Map<String, Deque<String>> waiting = new HashMap<>();
    /** Subjects of which a mission runs or waits for its next attempt, and which one. */
    private final Map<String, String> busy = new HashMap<>();
    /** Subjects of which a mission could begin. */
    private final Set<String> ready = new LinkedHashSet<>();
    /** Missions whose next attempt could begin. */
    private final Set<String> resumed = new LinkedHashSet<>();

    private final Set<String> holdingSlot = new LinkedHashSet<>();

    MissionQueue(int slots) {
        this.slots = slots;
    }

    /** Puts a mission at the end. */
    void add(Mission mission) {
        String subject = mission.subject();
        waiting.computeIfAbsent(subject, s -> new ArrayDeque<>()).addLast(mission.id());
        if (!busy.containsKey(subject)) {
            ready.add(subject);
        }
    }

    /** Restores a mission that has begun. */
    void hold(Mission mission, boolean runs) {
        busy.put(mission.subject(), mission.id());
        ready.remove(mission.subject());
        if (runs) {
            holdingSlot.add(mission.id());
            running++;
        }
    }

    /** The mission that begins now; null if none can. */
    @Nullable
    String next() {
        if (running >= slots) {
            return null;
        }
        String id = null;
        if (!resumed.isEmpty()) {
            id = resumed.iterator().next();
            resumed.remove(id);
        } else if (!ready.isEmpty()) {
            String subject = ready.iterator().next();
            ready.remove(subject);
            Deque<String> missions = waiting.get(subject);
            id = missions == null ? null : missions.pollFirst();
            if (id != null) {
                busy.put(subject, id);
            }
        }
        if (id != null) {
            running++;
            holdingSlot.add(id);
        }
        return id;
    }

    /** An attempt has failed; the mission gives its slot away and keeps its subject. */
    void pause(Mission mission) {
        freeSlot(mission);
    }

    /** The wait for the next attempt is over. */
    void resume(Mission mission) {
        resumed.add(mission.id());
    }

    /** A mission has ended, begun or not. */
    void remove(Mission mission) {
        String subject = mission.subject();
        freeSlot(mission);
        resumed.remove(mission.id());
        Deque<String> others = waiting.get(subject);
        if (mission.id().equals(busy.get(subject))) {
            busy.remove(subject);
        } else if (others != null) {
            others.remove(mission.id());
        }
        if (others == null || others.isEmpty()) {
            waiting.remove(subject);
            ready.remove(subject);
        } else if (!busy.containsKey(subject)) {
            ready.add(subject);
        }
    }

    private void freeSlot(Mission mission) {
        if (holdingSlot.remove(mission.id())) {
            running--;
        }
    }
}
