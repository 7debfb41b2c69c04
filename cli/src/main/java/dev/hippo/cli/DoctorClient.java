// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.supervisor.ServiceCommand;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks the Doctor of a pipeline on this host. */
final class DoctorClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The token that the Doctor asks for when it does not listen on loopback only. */
    private static final String TOKEN = "HIPPO_DOCTOR_TOKEN";

    private final String address;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    DoctorClient(PipelineOptions options) throws IOException {
        PipelineSpec pipeline = options.pipeline();
        int port = new Services(pipeline, options.state(pipeline))
                .port(ServiceCommand.DOCTOR)
                .orElseThrow(
                        () -> new CommandFailure(
                                ExitStatus.UNAVAILABLE,
                                "the Doctor of pipeline '" + pipeline.name()
                                        + "' does not run; 'hippo up' starts it with a pipeline that has missions, and 'hippo status' shows it"));
        this.address = "http://127.0.0.1:" + port + "/api/v1";
    }

    /** Asks a question; parameters that are empty are left out. */
    JsonNode get(String path, Map<String, String> parameters) throws InterruptedException {
        String query = parameters.entrySet().stream()
                .filter(parameter -> !parameter.getValue().isEmpty())
                .map(parameter ->
                        parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(address + path + (query.isEmpty() ? "" : "?" + query))));
    }

    /** Gives an order. */
    JsonNode post(String path, JsonNode body) throws InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private JsonNode send(HttpRequest.Builder request) throws InterruptedException {
        String token = System.getenv(TOKEN);
        if (token != null && !token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<byte[]> answer;
        JsonNode json;
        try {
            answer = http.send(request.timeout(Duration.ofMinutes(2)).build(), HttpResponse.BodyHandlers.ofByteArray());
            json = JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE, "the Doctor at " + address + " does not answer; see 'hippo status'");
        }
        if (answer.statusCode() < 300) {
            return json;
        }
        String detail = json.path("detail").asText("the Doctor answers " + answer.statusCode());
        throw new CommandFailure(
                answer.statusCode() == 503
                        ? ExitStatus.UNAVAILABLE
                        : answer.statusCode() == 400 ? ExitStatus.USAGE : ExitStatus.FAILED,
                detail);
    }
}
