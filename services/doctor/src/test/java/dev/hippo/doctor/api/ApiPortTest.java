// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.doctor.feed.Orders;
import dev.hippo.doctor.replay.Replays;
import dev.hippo.doctor.store.Database;
import dev.hippo.doctor.store.RecordPlace;
import dev.hippo.doctor.store.ReplayBook;
import dev.hippo.doctor.store.ServiceStatus;
import dev.hippo.doctor.store.StatusReader;
import dev.hippo.doctor.store.StatusWriter;
import dev.hippo.doctor.store.Update;
import dev.hippo.doctor.supervision.Supervision;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HttpPort;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API over an empty database, without Kafka. */
class ApiPortTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final KafkaConnection NO_KAFKA = new KafkaConnection("127.0.0.1:9", Map.of());
    private static final InstantSource CLOCK = InstantSource.system();

    /** One for all: it looks for Kafka in vain, and its end takes a second. */
    private static Supervision supervision;

    private static PipelineSpec pipeline;

    private Database database;
    private Orders orders;
    private Replays replays;
    private JobServer server;
    private ServiceApi services;
    private List<Route> routes;
    private HttpPort http;
    private long healthOffset;

    @BeforeAll
    static void supervise(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("pipeline.yaml"),
                "pipeline: ads\nhippos:\n  nightly: {subscribe: frontier-adw, publish: hippo-finish, run: bash nightly.sh}\n");
        Files.writeString(folder.resolve("nightly.sh"), "true\n");
        pipeline = PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                .spec();
        supervision = new Supervision(NO_KAFKA, pipeline, "doctor-test", 0, CLOCK);
    }

    @AfterAll
    static void end() {
        supervision.close();
    }

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        database = Database.open(Database.embedded(folder), "", "", "ads");
        orders = new Orders(NO_KAFKA);
        replays = new Replays(NO_KAFKA, new ReplayBook(database, "me"), CLOCK);
        server = new JobServer(pipeline, database, NO_KAFKA, orders, replays, CLOCK);
        services = new ServiceApi(pipeline, new StatusReader(database), supervision, CLOCK);
        routes = Stream.concat(server.routes().stream(), services.routes().stream())
                .toList();
        http = HttpPort.open("127.0.0.1", 0, 2);
        Access local = new Access(true, "");
        http.handle(ApiPort.ROOT, new ApiPort(server, services, local));
        http.handle(OldApi.ROOT, new OldApi(pipeline, services, local, "127.0.0.1:7"));
    }

    @AfterEach
    void close() {
        http.close();
        replays.close();
        orders.close();
        database.close();
    }

    private HttpResponse<String> call(String method, String path, String type, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + http.port() + ApiPort.ROOT + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private OpenApiShape document() throws Exception {
        return new OpenApiShape(
                JSON.readTree(call("GET", "/openapi.json", "", "").body()));
    }

    @Test
    void theDocumentDescribesWhatIsAnsweredAndNothingElse() throws Exception {
        OpenApiShape document = document();
        assertThat(document.operations())
                .containsExactlyInAnyOrderElementsOf(routes.stream()
                        .map(route -> route.method() + " " + route.path())
                        .toList());
        for (Route route : routes) {
            assertThat(document.query(route.method(), route.path())).containsExactlyElementsOf(route.query());
            assertThat(document.operation(route.method(), route.path())
                            .path("responses")
                            .has(Integer.toString(route.status())))
                    .as(route.path())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | /services                 |                  |                   | 200 | "state":"unknown","reason":"Kafka does not answer
            GET  | /services/nigtly          |                  |                   | 404 | did you mean 'nightly'?
            POST | /services/nigtly/stop     | application/json |                   | 404 | did you mean 'nightly'?
            POST | /services/nightly/start   | application/json | {"now":true}      | 400 | the body has [now]; it may have nothing
            POST | /services/nightly/start   | application/json |                   | 409 | no agent has ever had 'nightly'
            GET  | /agents                   |                  |                   | 200 | {"agents":[]}
            GET  | /alerts                   |                  |                   | 200 | {"alerts":[]}
            GET  | /missions                 |                  |                   | 200 | {"missions":[]}
            GET  | /tables                   |                  |                   | 200 | {"tables":[]}
            GET  | /unreadable               |                  |                   | 200 | {"unreadable":[]}
            GET  | /rules                    |                  |                   | 200 | "rule":"table * on frontier-adw"
            GET  | /rules?hippo=nigtly       |                  |                   | 404 | did you mean 'nightly'?
            POST | /backfill                 | application/json | {"hippo":"nightly","from":"201711","to":"201802","dry_run":true} | 202 | {"partition":"201802","mission_id":"
            POST | /backfill                 | application/json | {"hippo":"nightly","partitions":["eu/1","eu/1","us/2"],"column":"region/n","dry_run":true} | 202 | "started":2,"existing":0
            POST | /backfill                 | application/json | {"hippo":"nightly","partitions":["eu"],"column":"region/n"} | 400 | 'eu' must have a value for each of [region, n]
            POST | /backfill                 | application/json | {"hippo":"nightly","from":"201801","to":"201702"} | 400 | '201801' comes after '201702'
            POST | /backfill                 | application/json | {"hippo":"nightly"} | 400 | give either 'from' and 'to', or 'partitions'
            POST | /backfill                 | application/json | {"hippo":"nightly","partitions":[]} | 400 | from 1 to 10000 partitions, not 0
            POST | /backfill                 | application/json | {"hippo":"nigtly"} | 404 | did you mean 'nightly'?
            GET  | /events?after=x           |                  |                   | 400 | must be the id of an event, not 'x'
            GET  | /tables/clicks            |                  |                   | 404 | nothing was heard of a table 'clicks'
            GET  | /replay                   |                  |                   | 200 | {"replays":[]}
            POST | /replay                   | application/json | {"topic":"a","into":"b","hippo":"c"} | 400 | either 'into' or 'hippo'
            POST | /replay                   | application/json | {"topic":"a","into":["b"]} | 400 | 'into' must be a text
            POST | /replay                   | application/json | {"topic":"a","hippo":"nightly"} | 400 | 'nightly' does not read topic 'a'; it reads frontier-adw
            POST | /rules/nigtly/pause       | application/json |                   | 404 | did you mean 'nightly'?
            POST | /rules/nightly/pause      | application/json | {"to":"earliest"} | 400 | the body has [to]; it may have nothing
            POST | /rules/nightly/rewind     | application/json | {"to":"then"}     | 400 | 'then' says not where to rewind to
            POST | /rules/nightly/rewind     | application/json | {"to":"earliest","rerun":1} | 400 | 'rerun' must be true or false
            GET  | /why?hippo=nigtly         |                  |                   | 404 | did you mean 'nightly'?
            GET  | /trace                    |                  |                   | 400 | 'table' must name a table
            GET  | /trace?table=t&partition=1 |                 |                   | 404 | partition '1' of table 't'
            GET  | /missions?status=done     |                  |                   | 400 | 'status' must be one of queued, running
            GET  | /missions?since=yesterday |                  |                   | 400 | such as 2017-04-05T00:00:00Z, not 'yesterday'
            GET  | /missions?limit=0         |                  |                   | 400 | a number from 1 to 500, not '0'
            GET  | /missions?cursor=x        |                  |                   | 400 | 'cursor' must be the 'next' of the page before
            GET  | /missions?hipo=a          |                  |                   | 400 | no parameter 'hipo' here; there are hippo, status
            GET  | /missions?hippo=a&hippo=b |                  |                   | 400 | 'hippo' can be given once only
            GET  | /missions/m1              |                  |                   | 404 | there is no mission 'm1' in pipeline 'ads'
            GET  | /mission                  |                  |                   | 404 | /api/v1/openapi.json tells what there is
            PUT  | /missions                 | application/json | {}                | 405 | takes GET, POST, not PUT
            POST | /missions                 | text/plain       | {}                | 415 | 'Content-Type: application/json'
            POST | /missions/m1/cancel       |                  |                   | 415 | even without a body
            POST | /missions/m1/cancel       | application/json |                   | 404 | there is no mission 'm1'
            POST | /missions                 | application/json | {"hippo":         | 400 | the body is not JSON
            POST | /missions                 | application/json | []                | 400 | must be a JSON object
            POST | /missions                 | application/json | {"hippo":"nigtly"} | 400 | not 'nigtly'
            POST | /missions                 | application/json | {"hipo":"nightly"} | 400 | it may have [hippo, parameters, partition]
            POST | /missions                 | application/json | {"hippo":"nightly","partition":{"d":1}} | 400 | 'partition.d' must be a text in quotes
            POST | /missions                 | application/json | {"hippo":"nightly","partition":[]} | 400 | 'partition' must be an object of texts
            POST | /missions                 | application/json | {"hippo":"nightly"} | 503 | Kafka did not take the command
            """)
    void everyCallIsAnsweredOrToldWhatIsWrong(
            String method, String path, String type, String body, int status, String contains) throws Exception {
        HttpResponse<String> answer = call(method, path, type == null ? "" : type, body == null ? "" : body);
        assertThat(answer.body()).contains(contains);
        assertThat(answer.statusCode()).isEqualTo(status);
        JsonNode json = JSON.readTree(answer.body());
        if (status >= 400) {
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(json.path("status").asInt()).isEqualTo(status);
        } else {
            document().holds(method, path.split("\\?", -1)[0], status, json);
        }
    }

    @Test
    void aCallByAnotherNameIsRefused() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /api/v1/missions HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    private HttpResponse<String> old(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + OldApi.ROOT + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theFirstHipposPathsAnswerInItsWords() throws Exception {
        JsonNode service =
                JSON.readTree(old("GET", "?serviceName=nightly", "").body()).path(0);
        assertThat(service.path("id").asText()).matches("[0-9a-f]{32}");
        assertThat(service.path("state").asText()).isEqualTo("Unknown");
        assertThat(old("GET", "?serviceName=daily", "").body()).isEqualTo("[]");
        assertThat(old("GET", "/instances/" + service.path("id").asText(), "").body())
                .isEqualTo(service.toString());
        assertThat(old("GET", "/instances/0", "").body()).isEqualTo("{\"error\":\"Hippo is not found.\"}");
        HttpResponse<String> start =
                old("POST", "/instances/" + service.path("id").asText() + "/start", "{\"interval\":30}");
        assertThat(start.statusCode()).isEqualTo(409);
        assertThat(start.body())
                .isEqualTo("{\"error\":\"Command can not be handled at this state.\",\"currentState\":\"Unknown\"}");
        HttpResponse<String> register = old("POST", "", "{\"service_name\":\"nightly\"}");
        assertThat(register.statusCode()).isEqualTo(409);
        assertThat(register.body()).isEqualTo("{\"error\":\"Hippo exists.\"}");
    }

    @Test
    void elsewhereThanOnLoopbackATokenIsAskedFor() throws Exception {
        String token = "0123456789abcdef";
        for (String none : new String[] {"", "short"}) {
            assertThatThrownBy(() -> Access.of("0.0.0.0", none))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("does not listen on 0.0.0.0")
                    .hasMessageContaining("HIPPO_DOCTOR_TOKEN");
        }
        assertThat(Access.of("127.0.0.1", "").allows(null)).isTrue();
        Access access = Access.of("0.0.0.0", token);
        assertThat(access.loopback()).isFalse();
        assertThat(access).asString().doesNotContain(token);
        try (HttpPort other = HttpPort.open("127.0.0.1", 0, 2)) {
            other.handle(ApiPort.ROOT, new ApiPort(server, services, access));
            URI services = URI.create("http://127.0.0.1:" + other.port() + ApiPort.ROOT + "/services");
            for (String header : new String[] {"", token, "Bearer " + token + "x", "Bearer ", "Bearer " + token}) {
                HttpRequest.Builder request = HttpRequest.newBuilder(services);
                if (!header.isEmpty()) {
                    request.header("Authorization", header);
                }
                assertThat(HttpClient.newHttpClient()
                                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .as(header)
                        .isEqualTo(header.equals("Bearer " + token) ? 200 : 401);
            }
        }
    }

    private void heard(String name) throws Exception {
        Update update = new Update();
        Instant now = CLOCK.instant();
        update.service(
                new ServiceStatus(name, "doctor", "running", "here", 7, 8, now, Duration.ofSeconds(1), now, 0, "", ""));
        update.read("service-health", "T", 0, healthOffset, ++healthOffset);
        new StatusWriter(database).write(update);
    }

    @Test
    void theOnlyDoctorNeedsNoHost() throws Exception {
        assertThat(call("GET", "/services/doctor", "", "").statusCode()).isEqualTo(404);
        heard("doctor-a");
        assertThat(JSON.readTree(call("GET", "/services/doctor", "", "").body())
                        .path("name")
                        .asText())
                .isEqualTo("doctor-a");
        heard("doctor-b");
        HttpResponse<String> which = call("GET", "/services/doctor", "", "");
        assertThat(which.statusCode()).isEqualTo(404);
        assertThat(which.body()).contains("there are 2 Doctors: doctor-a, doctor-b");
    }

    private void happens(String mission, long offset) throws Exception {
        Update update = new Update();
        update.mission(
                Mission.accepted(
                        mission,
                        "ads",
                        "nightly",
                        PartitionValues.of("yyyymm", "201703"),
                        new DataVersion(Instant.EPOCH, 0),
                        new Trigger("rule", "t", List.of()),
                        Map.of(),
                        Instant.EPOCH),
                Instant.EPOCH,
                new RecordPlace("hippo-missions", "T", 0, offset));
        update.read("hippo-missions", "T", 0, offset, offset + 1);
        new StatusWriter(database).write(update);
    }

    /** The next event: its id, and what it is about. */
    private static String next(BufferedReader events) throws Exception {
        String id = "";
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                return id + " "
                        + JSON.readTree(line.substring(6)).path("mission_id").asText();
            }
        }
        return "the end";
    }

    private BufferedReader listen(String query, String last) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + http.port() + ApiPort.ROOT + "/events" + query));
        if (!last.isEmpty()) {
            request.header("Last-Event-ID", last);
        }
        return new BufferedReader(new InputStreamReader(
                HttpClient.newHttpClient()
                        .send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                        .body(),
                StandardCharsets.UTF_8));
    }

    @Test
    @Timeout(30)
    void whoListensIsToldInOrderAndGoesOnWhereItWas() throws Exception {
        happens("m1", 0);
        happens("m2", 1);
        String second;
        try (BufferedReader events = listen("?after=0", "")) {
            assertThat(next(events)).endsWith(" m1");
            second = next(events);
            assertThat(second).endsWith(" m2");
            happens("m3", 2);
            assertThat(next(events)).endsWith(" m3");
        }
        try (BufferedReader events = listen("", second.split(" ", -1)[0])) {
            assertThat(next(events)).endsWith(" m3");
        }
        try (BufferedReader events = listen("", "")) {
            happens("m4", 3);
            assertThat(next(events)).endsWith(" m4");
        }
    }
}
