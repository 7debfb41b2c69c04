// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.supervisor.Supervisor;
import dev.hippo.kit.ProcessLock;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.Kind;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds the running services of a pipeline and talks to them over HTTP. */
public final class Services {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PipelineSpec pipeline;
    private final StateFolder state;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    public Services(PipelineSpec pipeline, StateFolder state) {
        this.pipeline = pipeline;
        this.state = state;
    }

    /** The port on which a hippo answers; empty when it does not run. */
    public Optional<Integer> port(String name) throws IOException {
        try {
            return Optional.of(JSON.readTree(Files.readAllBytes(state.run().resolve(name + ".json")))
                    .path("port")
                    .asInt());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The address of the query service. */
    public URI query() throws IOException {
        return uri(Kind.QUERY, hippo -> true, "has no hippo of kind query", "/query");
    }

    /** The address at which a door takes events of a topic. */
    public URI door(String topic) throws IOException {
        return uri(
                Kind.FRONTIER,
                hippo -> hippo.publish().contains(topic),
                "has no frontier that publishes '" + topic + "'",
                "/topics/" + topic);
    }

    private URI uri(Kind kind, Predicate<HippoSpec> fit, String otherwise, String path) throws IOException {
        List<HippoSpec> fitting = pipeline.hippos().values().stream()
                .filter(hippo -> hippo.kind() == kind && fit.test(hippo))
                .toList();
        if (fitting.isEmpty()) {
            throw new CommandFailure(ExitStatus.USAGE, "pipeline '" + pipeline.name() + "' " + otherwise);
        }
        for (HippoSpec hippo : fitting) {
            Optional<Integer> port = port(hippo.name());
            if (port.isPresent()) {
                return URI.create("http://" + address(hippo.name()) + ":" + port.get() + path);
            }
        }
        String name = fitting.get(0).name();
        throw new CommandFailure(
                ExitStatus.UNAVAILABLE,
                ProcessLock.heldBy(Supervisor.lockFile(state)).isPresent()
                        ? "'" + name + "' is not ready; see 'hippo status' and 'hippo logs " + name + "'"
                        : "'" + name + "' does not run; start the pipeline with 'hippo up'");
    }

    /** Where this host reaches a hippo: the address that it listens on, or loopback if that is every address. */
    private String address(String name) {
        HippoSpec hippo = pipeline.hippos().get(name);
        String host = hippo == null ? "127.0.0.1" : hippo.host();
        boolean every = host.equals("0.0.0.0") || host.equals("::");
        return every ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
    }

    /** A hippo's health, if it answers within a second. */
    public Optional<JsonNode> health(String name) throws IOException, InterruptedException {
        Optional<Integer> port = port(name);
        if (port.isEmpty()) {
            return Optional.empty();
        }
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + address(name) + ":" + port.get() + "/health"))
                .timeout(Duration.ofSeconds(1))
                .build();
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() == 200 ? Optional.of(JSON.readTree(response.body())) : Optional.empty();
        } catch (IOException e) {
            // dead or dying: its state says so
            return Optional.empty();
        }
    }

    /** Sends a POST and gives the whole answer. */
    public HttpResponse<byte[]> post(URI to, String contentType, String accept, byte[] body)
            throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(to)
                .timeout(Duration.ofMinutes(2))
                .header("Content-Type", contentType)
                .header("Accept", accept)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE, to.getHost() + ":" + to.getPort() + " does not answer; see 'hippo status'");
        }
    }
}
