// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.service.Alert;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one read of the topics has brought, in its order; goes into the database as a whole. Not thread-safe. */
public final class Update {
    record MissionChange(Mission mission, Instant at, RecordPlace place) {}

    record Told(Alert alert, RecordPlace place) {}

    record Unreadable(RecordPlace place, Instant at, String reason) {}

    /** What a hippo remembers under a key; null once it has forgotten. */
    record HippoState(
            String key, String hippo, Instant at, @Nullable String json) {}

    /** A partition of a topic in one of its lives. */
    record Shard(String topic, String topicId, int number) {}

    /** From where to where a shard was read. */
    record Span(long from, long to) {}

    private final List<MissionChange> missions = new ArrayList<>();
    private final Map<String, ServiceStatus> services = new LinkedHashMap<>();
    private final List<TableNews> tables = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();
    private final Map<String, HippoState> states = new LinkedHashMap<>();
    private final List<Told> alerts = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();
    private final Map<Shard, Span> spans = new LinkedHashMap<>();

    public void mission(Mission mission, Instant at, RecordPlace place) {
        missions.add(new MissionChange(mission, at, place));
    }

    public void service(ServiceStatus status) {
        services.put(status.name(), status);
    }

    public void table(TableNews news) {
        tables.add(news);
    }

    public void heard(Heard message) {
        heard.add(message);
    }

    /** What a hippo remembers beside its missions; null for what it has forgotten. */
    public void state(String key, String hippo, Instant at, @Nullable String json) {
        states.put(key, new HippoState(key, hippo, at, json));
    }

    public void alert(Alert alert, RecordPlace place) {
        alerts.add(new Told(alert, place));
    }

    public void unreadable(RecordPlace place, Instant at, String reason) {
        unreadable.add(new Unreadable(place, at, reason));
    }

    /** Says that a partition was read from one offset up to, not including, another. */
    public void read(String topic, String topicId, int shard, long from, long to) {
        spans.put(new Shard(topic, topicId, shard), new Span(from, to));
    }

    public boolean isEmpty() {
        return spans.isEmpty();
    }

    List<MissionChange> missions() {
        return missions;
    }

    Map<String, ServiceStatus> services() {
        return services;
    }

    List<TableNews> tables() {
        return tables;
    }

    List<Heard> heard() {
        return heard;
    }

    Map<String, HippoState> states() {
        return states;
    }

    List<Told> alerts() {
        return alerts;
    }

    List<Unreadable> unreadable() {
        return unreadable;
    }

    Map<Shard, Span> spans() {
        return spans;
    }
}
