// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.feed.Orders;
import dev.hippo.doctor.replay.Replays;
import dev.hippo.doctor.store.Database;
import dev.hippo.doctor.store.EventReader;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.doctor.store.MissionFilter;
import dev.hippo.doctor.store.StatusReader;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionCommand.Action;
import dev.hippo.wire.mission.MissionStatus;
import dev.hippo.wire.mission.PartitionValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the API answers: the status as the database has it, and orders as commands to the hippos. Thread-safe. */
public final class JobServer {
    private static final int LIMIT = 50;
    private static final int MOST = 500;
    private static final int UNREADABLE = 100;
    private static final int ID_DIGITS = 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PipelineSpec pipeline;
    private final StatusReader status;
    private final Orders orders;
    private final InstantSource clock;
    private final JsonNode openApi;
    private final RuleApi rules;
    private final BackfillApi backfill;
    private final ReplayApi replay;
    private final HistoryApi history;
    private final DataApi data;
    private final EventStream events;

    public JobServer(
            PipelineSpec pipeline,
            Database database,
            KafkaConnection kafka,
            Orders orders,
            Replays replays,
            InstantSource clock) {
        this.pipeline = pipeline;
        this.status = new StatusReader(database);
        this.orders = orders;
        this.clock = clock;
        this.openApi = openApi();
        HistoryReader past = new HistoryReader(database);
        this.rules = new RuleApi(pipeline, status, past, orders, clock);
        this.backfill = new BackfillApi(pipeline, past, orders);
        this.replay = new ReplayApi(pipeline, replays, orders);
        this.history = new HistoryApi(pipeline, past, kafka, clock);
        this.events = new EventStream(new EventReader(database));
        this.data = new DataApi(pipeline, status, kafka, clock);
    }

    private static JsonNode openApi() {
        try (InputStream in = JobServer.class.getResourceAsStream("openapi.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.json is not in the Doctor's jar", e);
        }
    }

    /** Everything that is answered; {@code openapi.json} describes the same. */
    List<Route> routes() {
        return Stream.of(own(), rules.routes(), backfill.routes(), replay.routes(), history.routes(), data.routes())
                .flatMap(List::stream)
                .toList();
    }

    /** Answers {@link ApiPort#EVENTS}. */
    EventStream events() {
        return events;
    }

    private List<Route> own() {
        List<String> none = List.of();
        return List.of(
                // answered by the stream
                new Route("GET", ApiPort.EVENTS, List.of("after"), 200, request -> JSON.createObjectNode()),
                new Route("GET", "/openapi.json", none, 200, request -> openApi),
                new Route(
                        "GET",
                        "/missions",
                        List.of("hippo", "status", "partition", "since", "cursor", "limit"),
                        200,
                        this::missions),
                new Route("POST", "/missions", none, 202, this::run),
                new Route("GET", "/missions/{id}", none, 200, request -> mission(request.path("id"))),
                new Route("POST", "/missions/{id}/retry", none, 202, this::retry),
                new Route("POST", "/missions/{id}/cancel", none, 202, this::cancel),
                new Route("GET", "/tables", none, 200, request -> list("tables", status.tables(clock.instant()))),
                new Route(
                        "GET", "/unreadable", none, 200, request -> list("unreadable", status.unreadable(UNREADABLE))));
    }

    private static ObjectNode list(String name, List<ObjectNode> all) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray(name).addAll(all);
        return json;
    }

    private ObjectNode missions(ApiRequest request) throws ApiProblem, SQLException {
        String wanted = request.query("status");
        if (wanted != null && !MissionStatus.words().contains(wanted)) {
            throw bad("status", wanted, "one of " + String.join(", ", MissionStatus.words()));
        }
        return status.missions(new MissionFilter(
                request.query("hippo"),
                wanted,
                request.query("partition"),
                since(request.query("since")),
                cursor(request.query("cursor")),
                limit(request.query("limit"))));
    }

    private static @Nullable Instant since(@Nullable String text) throws ApiProblem {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw bad("since", text, "a time such as 2017-04-05T00:00:00Z");
        }
    }

    private static MissionFilter.@Nullable Cursor cursor(@Nullable String text) throws ApiProblem {
        try {
            return text == null ? null : MissionFilter.Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad("cursor", text, "the 'next' of the page before");
        }
    }

    private static int limit(@Nullable String text) throws ApiProblem {
        if (text == null) {
            return LIMIT;
        }
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST) {
            throw bad("limit", text, "a number from 1 to " + MOST);
        }
        return Integer.parseInt(text);
    }

    private static ApiProblem bad(String parameter, @Nullable String value, String expected) {
        return new ApiProblem(
                400, "bad parameter", "'" + parameter + "' must be " + expected + ", not '" + value + "'");
    }

    private ObjectNode mission(String id) throws ApiProblem, SQLException {
        return status.mission(id)
                .orElseThrow(() -> new ApiProblem(
                        404,
                        "no such mission",
                        "there is no mission '" + id + "' in pipeline '" + pipeline.name() + "'"));
    }

    private ObjectNode run(ApiRequest request) throws ApiProblem, KafkaUnavailable {
        keys(request.body(), Set.of("hippo", "partition", "parameters"));
        String hippo = request.body().path("hippo").asText();
        List<String> known = pipeline.hippos().values().stream()
                .filter(each -> each.settings() instanceof HippoSettings.Batch)
                .map(HippoSpec::name)
                .toList();
        if (!known.contains(hippo)) {
            throw new ApiProblem(
                    400,
                    "no such hippo",
                    "'hippo' must be one that runs missions, not '" + hippo + "'; " + Suggestion.hint(hippo, known));
        }
        return send(
                hippo,
                Action.RUN,
                "",
                new PartitionValues(texts(request.body(), "partition")),
                texts(request.body(), "parameters"));
    }

    private ObjectNode retry(ApiRequest request) throws ApiProblem, SQLException, KafkaUnavailable {
        return order(request, Action.RETRY, true);
    }

    private ObjectNode cancel(ApiRequest request) throws ApiProblem, SQLException, KafkaUnavailable {
        return order(request, Action.CANCEL, false);
    }

    private ObjectNode order(ApiRequest request, Action action, boolean ofEnded)
            throws ApiProblem, SQLException, KafkaUnavailable {
        keys(request.body(), Set.of());
        ObjectNode mission = mission(request.path("id"));
        String word = mission.path("status").asText();
        boolean ended = List.of(MissionStatus.SUCCEEDED, MissionStatus.FAILED, MissionStatus.CANCELLED).stream()
                .anyMatch(end -> end.word().equals(word));
        if (ended != ofEnded) {
            throw new ApiProblem(
                    409,
                    "not in this state",
                    "mission " + request.path("id") + " is " + word + "; only one that has "
                            + (ofEnded ? "ended can be retried" : "not ended can be cancelled"));
        }
        return send(
                mission.path("hippo_name").asText(),
                action,
                request.path("id"),
                new PartitionValues(texts(mission, "partition")),
                texts(mission, "parameters"));
    }

    /** The mission that the order is about: the new one, where it makes one. */
    private ObjectNode send(
            String hippo, Action action, String mission, PartitionValues partition, Map<String, String> parameters)
            throws KafkaUnavailable {
        String id = newId();
        orders.send(new MissionCommand(id, pipeline.name(), hippo, action, mission, partition, parameters));
        return JsonNodeFactory.instance.objectNode().put("mission_id", action == Action.CANCEL ? mission : id);
    }

    /** An id for what is asked for by hand. */
    static String newId() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, ID_DIGITS);
    }

    static void keys(ObjectNode body, Set<String> known) throws ApiProblem {
        Set<String> unknown = new TreeSet<>();
        body.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new ApiProblem(
                    400,
                    "unknown field",
                    "the body has " + unknown + "; it may have "
                            + (known.isEmpty() ? "nothing" : new TreeSet<>(known)));
        }
    }

    static Map<String, String> texts(ObjectNode json, String name) throws ApiProblem {
        JsonNode node = json.path(name);
        Map<String, String> texts = new LinkedHashMap<>();
        if (node.isMissingNode()) {
            return texts;
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw new ApiProblem(
                        400, "bad field", "'" + name + "." + field.getKey() + "' must be a text in quotes");
            }
            texts.put(field.getKey(), field.getValue().asText());
        }
        if (!node.isObject()) {
            throw new ApiProblem(400, "bad field", "'" + name + "' must be an object of texts");
        }
        return texts;
    }
}
