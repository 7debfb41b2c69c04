// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says of itself and its processes with each of its heartbeats.
 *
 * @param agent its name
 * @param labels what its host has, for services that ask for it
 * @param declared the services that its pipeline file has, so that it could run them; null when it does not say
 */
public record AgentReport(
        String agent,
        Set<String> labels,
        List<Run> services,
        @Nullable Set<String> declared) {
    /** The kind that an agent's heartbeat has, and what its name begins with there. */
    public static final String KIND = "agent";

    /**
     * One process, running or not.
     *
     * @param state a {@link ServiceState} in small letters
     * @param pid 0 when it does not run
     * @param epoch of the assignment that it was started for
     * @param restarts how often it was started again
     * @param reason why it is in that state
     * @param death why it ended the last time that it ended by itself; empty when it never did. It is said again with every report: the one from between death and
     *     restart may be lost
     */
    public record Run(
            String service, ServiceState state, long pid, long epoch, int restarts, String reason, String death) {}

    public AgentReport {
        labels = Set.copyOf(labels);
        services = List.copyOf(services);
        declared = declared == null ? null : Set.copyOf(declared);
    }

    /** A report of an agent that does not say what its pipeline file has. */
    public AgentReport(String agent, Set<String> labels, List<Run> services) {
        this(agent, labels, services, null);
    }

    /** The name under which an agent's heartbeat is sent: no service can have it. */
    public String heartbeatName() {
        return KIND + "/" + agent;
    }

    /** Adds this to a heartbeat. */
    public ObjectNode into(ObjectNode heartbeat) {
        heartbeat.put("kind", KIND).put("agent", agent);
        ArrayNode has = heartbeat.putArray("labels");
        new TreeSet<>(labels).forEach(has::add);
        if (declared != null) {
            ArrayNode file = heartbeat.putArray("declared");
            new TreeSet<>(declared).forEach(file::add);
        }
        ArrayNode runs = heartbeat.putArray("services");
        for (Run run : services) {
            runs.addObject()
                    .put("name", run.service())
                    .put("state", run.state().word())
                    .put("pid", run.pid())
                    .put("epoch", run.epoch())
                    .put("restarts", run.restarts())
                    .put("reason", run.reason())
                    .put("death", run.death());
        }
        return heartbeat;
    }

    /** Reads it from a heartbeat whose kind is {@link #KIND}. */
    public static AgentReport from(JsonNode heartbeat) {
        Set<String> labels = new TreeSet<>();
        heartbeat.path("labels").forEach(label -> labels.add(label.asText()));
        List<Run> runs = new ArrayList<>();
        for (JsonNode run : heartbeat.path("services")) {
            runs.add(new Run(
                    run.path("name").asText(),
                    ServiceState.of(run.path("state").asText()),
                    run.path("pid").asLong(),
                    run.path("epoch").asLong(-1),
                    run.path("restarts").asInt(),
                    run.path("reason").asText(),
                    run.path("death").asText()));
        }
        Set<String> declared = null;
        if (heartbeat.path("declared").isArray()) {
            declared = new TreeSet<>();
            for (JsonNode service : heartbeat.path("declared")) {
                declared.add(service.asText());
            }
        }
        return new AgentReport(heartbeat.path("agent").asText(), labels, runs, declared);
    }
}
