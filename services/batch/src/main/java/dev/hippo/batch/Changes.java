// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.wire.mission.Mission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one turn of the mission book has changed: first all of it goes to Kafka in one transaction, then the jobs are launched and ended. Not
 * thread-safe.
 */
final class Changes {
    private final Map<String, byte[]> states = new LinkedHashMap<>();
    private final List<Mission> starts = new ArrayList<>();
    private final List<Mission> finishes = new ArrayList<>();
    private final List<Mission> launches = new ArrayList<>();
    private final List<Mission> ends = new ArrayList<>();

    /** Records by key, the last state of each. */
    Map<String, byte[]> states() {
        return states;
    }

    /** Missions of which an attempt begins: each is told on {@code hippo-start}. */
    List<Mission> starts() {
        return starts;
    }

    /** Missions that have ended: each is told on {@code hippo-finish}. */
    List<Mission> finishes() {
        return finishes;
    }

    /** Missions whose job is to be launched. */
    List<Mission> launches() {
        return launches;
    }

    /** Missions whose job is to be ended. */
    List<Mission> ends() {
        return ends;
    }

    /** Whether Kafka has to hear of anything. */
    boolean anythingToTell() {
        return !states.isEmpty();
    }

    void state(Mission mission) {
        states.put(mission.key(), mission.toBytes());
    }
}
