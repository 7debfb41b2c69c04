// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.HippoSettings.Batch.Concurrency;
import dev.hippo.wire.mission.Mission;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which mission is next: so many run at a time, and so many with the same value of a column; of those about the same subject only one, in the order in which
 * they came; one that waits for its next attempt keeps the others about its subject waiting. Of several that could begin the one with the higher priority
 * does, then the one that came first. Not thread-safe.
 */
final class MissionQueue {
    private final Concurrency limits;
    private final Map<String, Deque<Mission>> waiting = new HashMap<>();
    /** Subjects of which a mission runs or waits for its next attempt, and which one. */
    private final Map<String, String> busy = new HashMap<>();
    /** Subjects of which a mission could begin, by its priority, the highest first. */
    private final TreeMap<Integer, Set<String>> ready = new TreeMap<>(Collections.reverseOrder());
    /** Subjects of which a mission could begin if it were not for the others with the same key. */
    private final Map<String, Set<String>> parked = new HashMap<>();
    /** The set of either in which a subject is. */
    private final Map<String, Set<String>> standing = new HashMap<>();
    /** Missions whose next attempt could begin. */
    private final Map<String, Mission> resumed = new LinkedHashMap<>();

    private final Set<String> holdingSlot = new HashSet<>();
    private final Map<String, Integer> running = new HashMap<>();

    MissionQueue(Concurrency limits) {
        this.limits = limits;
    }

    /** Puts a mission at the end. */
    void add(Mission mission) {
        String subject = mission.subject();
        waiting.computeIfAbsent(subject, s -> new ArrayDeque<>()).addLast(mission);
        if (!busy.containsKey(subject)) {
            makeReady(subject);
        }
    }

    private void makeReady(String subject) {
        Deque<Mission> missions = waiting.get(subject);
        if (missions != null && !standing.containsKey(subject)) {
            put(subject, ready.computeIfAbsent(missions.getFirst().priority(), p -> new LinkedHashSet<>()));
        }
    }

    private void put(String subject, Set<String> among) {
        among.add(subject);
        standing.put(subject, among);
    }

    private void makeUnready(String subject) {
        Set<String> among = standing.remove(subject);
        if (among != null) {
            among.remove(subject);
        }
    }

    /** Restores a mission that has begun. */
    void hold(Mission mission, boolean runs) {
        busy.put(mission.subject(), mission.id());
        makeUnready(mission.subject());
        if (runs) {
            takeSlot(mission);
        }
    }

    /** The mission that begins now; null if none can. */
    @Nullable
    String next() {
        if (holdingSlot.size() >= limits.missions()) {
            return null;
        }
        for (Iterator<Mission> again = resumed.values().iterator(); again.hasNext(); ) {
            Mission mission = again.next();
            if (hasRoom(mission)) {
                again.remove();
                takeSlot(mission);
                return mission.id();
            }
        }
        for (String subject = firstReady(); subject != null; subject = firstReady()) {
            makeUnready(subject);
            Deque<Mission> missions = waiting.get(subject);
            Mission mission = missions == null ? null : missions.peekFirst();
            if (missions == null || mission == null) {
                continue;
            }
            if (hasRoom(mission)) {
                missions.removeFirst();
                busy.put(subject, mission.id());
                takeSlot(mission);
                return mission.id();
            }
            put(subject, parked.computeIfAbsent(key(mission), k -> new LinkedHashSet<>()));
        }
        return null;
    }

    private @Nullable String firstReady() {
        while (!ready.isEmpty()) {
            Set<String> first = ready.firstEntry().getValue();
            if (!first.isEmpty()) {
                return first.iterator().next();
            }
            ready.pollFirstEntry();
        }
        return null;
    }

    private String key(Mission mission) {
        return mission.partition().columns().entrySet().stream()
                .filter(column -> column.getKey().equalsIgnoreCase(limits.key()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    /** Whether the limit of its key lets a mission begin; what has no such column has no such limit. */
    private boolean hasRoom(Mission mission) {
        String key = key(mission);
        return key.isEmpty() || running.getOrDefault(key, 0) < limits.perKey();
    }

    /** An attempt has failed; the mission gives its slot away and keeps its subject. */
    void pause(Mission mission) {
        freeSlot(mission);
    }

    /** The wait for the next attempt is over. */
    void resume(Mission mission) {
        resumed.put(mission.id(), mission);
    }

    /** A mission has ended, begun or not. */
    void remove(Mission mission) {
        String subject = mission.subject();
        freeSlot(mission);
        resumed.remove(mission.id());
        Deque<Mission> others = waiting.get(subject);
        if (mission.id().equals(busy.get(subject))) {
            busy.remove(subject);
        } else if (others != null) {
            others.removeIf(other -> other.id().equals(mission.id()));
            // another may be the first now, with another priority
            makeUnready(subject);
        }
        if (others == null || others.isEmpty()) {
            waiting.remove(subject);
            makeUnready(subject);
        } else if (!busy.containsKey(subject)) {
            makeReady(subject);
        }
    }

    private void takeSlot(Mission mission) {
        holdingSlot.add(mission.id());
        running.merge(key(mission), 1, Integer::sum);
    }

    private void freeSlot(Mission mission) {
        if (holdingSlot.remove(mission.id())) {
            String key = key(mission);
            running.computeIfPresent(key, (k, count) -> count > 1 ? count - 1 : null);
            Set<String> freed = parked.remove(key);
            if (freed != null) {
                for (String subject : List.copyOf(freed)) {
                    makeUnready(subject);
                    makeReady(subject);
                }
            }
        }
    }
}
