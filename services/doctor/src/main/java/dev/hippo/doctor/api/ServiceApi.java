// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.StatusReader;
import dev.hippo.doctor.supervision.AgentView;
import dev.hippo.doctor.supervision.ServiceView;
import dev.hippo.doctor.supervision.Supervision;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.ServiceState;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How services and agents are, and orders to start and stop them. Thread-safe. */
public final class ServiceApi {
    private static final int ALERTS = 100;
    private static final String DOCTOR = "doctor";

    private final PipelineSpec pipeline;
    private final StatusReader status;
    private final Supervision supervision;
    private final InstantSource clock;

    public ServiceApi(PipelineSpec pipeline, StatusReader status, Supervision supervision, InstantSource clock) {
        this.pipeline = pipeline;
        this.status = status;
        this.supervision = supervision;
        this.clock = clock;
    }

    /** What is answered of services; {@code openapi.json} describes the same. */
    List<Route> routes() {
        List<String> none = List.of();
        return List.of(
                new Route("GET", "/services", none, 200, request -> list("services", services())),
                new Route("GET", "/services/{name}", none, 200, request -> service(request.path("name"))),
                new Route(
                        "POST",
                        "/services/{name}/start",
                        none,
                        202,
                        request -> order(request, "start", true, "started over the API")),
                new Route(
                        "POST",
                        "/services/{name}/stop",
                        none,
                        202,
                        request -> order(request, "stop", false, "stopped over the API")),
                new Route(
                        "POST",
                        "/services/{name}/restart",
                        none,
                        202,
                        request -> order(request, "restart", true, "restarted over the API")),
                new Route("GET", "/agents", none, 200, request -> list("agents", agents())),
                new Route("GET", "/alerts", none, 200, request -> list("alerts", status.alerts(ALERTS))));
    }

    private static ObjectNode list(String name, List<ObjectNode> all) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray(name).addAll(all);
        return json;
    }

    /** The services of the pipeline as they are supervised, each with its last heartbeat; then whatever else was heard. */
    List<ObjectNode> services() throws SQLException {
        Map<String, ObjectNode> heard = heard();
        List<ObjectNode> all = declared(heard);
        all.addAll(heard.values());
        return all;
    }

    /** The services of the pipeline alone. */
    List<ObjectNode> declared() throws SQLException {
        return declared(heard());
    }

    private Map<String, ObjectNode> heard() throws SQLException {
        Map<String, ObjectNode> heard = new LinkedHashMap<>();
        for (ObjectNode row : status.services(clock.instant())) {
            heard.put(row.path("name").asText(), row);
        }
        return heard;
    }

    /** Takes from what was heard what is of the pipeline. */
    private List<ObjectNode> declared(Map<String, ObjectNode> heard) {
        List<ObjectNode> all = new ArrayList<>();
        for (ServiceView view : supervision.services()) {
            HippoSpec hippo = pipeline.hippos().get(view.name());
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("name", view.name())
                    .put("kind", hippo == null ? "" : hippo.kind().word());
            ObjectNode row = heard.remove(view.name());
            if (row != null) {
                json.setAll(row);
            }
            json.put("state", view.state().word())
                    .put("reason", view.reason())
                    .put("agent", view.agent())
                    .put("epoch", view.epoch())
                    .put("restarts", view.restarts());
            all.add(json);
        }
        return all;
    }

    /** One service; the only Doctor as {@code doctor} too. */
    ObjectNode service(String name) throws ApiProblem, SQLException {
        List<String> known = new ArrayList<>();
        List<ObjectNode> doctors = new ArrayList<>();
        for (ObjectNode service : services()) {
            if (service.path("name").asText().equals(name)) {
                return service;
            }
            known.add(service.path("name").asText());
            if (service.path("name").asText().startsWith(DOCTOR + "-")) {
                doctors.add(service);
            }
        }
        if (name.equals(DOCTOR) && doctors.size() == 1) {
            return doctors.get(0);
        }
        if (name.equals(DOCTOR) && !doctors.isEmpty()) {
            throw new ApiProblem(
                    404,
                    "no such service",
                    "there are " + doctors.size() + " Doctors: "
                            + doctors.stream()
                                    .map(doctor -> doctor.path("name").asText())
                                    .collect(Collectors.joining(", ")));
        }
        throw new ApiProblem(
                404, "no such service", "there is no service '" + name + "'; " + Suggestion.hint(name, known));
    }

    private List<ObjectNode> agents() {
        List<ObjectNode> all = new ArrayList<>();
        for (AgentView view : supervision.agents()) {
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("name", view.name())
                    .put("state", view.state())
                    .put("silent_seconds", view.silence().toSeconds());
            new TreeSet<>(view.labels()).forEach(json.putArray("labels")::add);
            view.services().forEach(json.putArray("services")::add);
            all.add(json);
        }
        return all;
    }

    private JsonNode order(ApiRequest request, String word, boolean running, String reason)
            throws ApiProblem, SQLException, KafkaUnavailable {
        JobServer.keys(request.body(), Set.of());
        return order(request.path("name"), word, running, reason);
    }

    /** Orders a service to run, or not to. */
    ObjectNode order(String name, String word, boolean running, String reason)
            throws ApiProblem, SQLException, KafkaUnavailable {
        ObjectNode now = service(name);
        if (!pipeline.hippos().containsKey(name)) {
            throw new ApiProblem(
                    409,
                    "not ours to order",
                    "'" + name + "' is heard of, but pipeline '" + pipeline.name()
                            + "' does not declare it, so no agent runs it");
        }
        ServiceState state = ServiceState.of(now.path("state").asText());
        boolean runs = state == ServiceState.RUNNING || state == ServiceState.STARTING;
        boolean sleeps = state == ServiceState.SLEEP || state == ServiceState.STOPPING;
        if ((word.equals("start") && runs) || (word.equals("stop") && sleeps)) {
            throw new ApiProblem(409, "not in this state", "'" + name + "' is " + state.word() + " already");
        }
        Assignment order = supervision
                .order(name, running, reason)
                .orElseThrow(() -> new ApiProblem(
                        409,
                        "nobody to order",
                        "no agent has ever had '" + name + "'; start one with 'hippo agent' or 'hippo up'"));
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("agent", order.agent())
                .put("ordered", word);
    }
}
