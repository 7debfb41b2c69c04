// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a process that has not started its work waits for. It writes that into a file, so that its agent does not take it for one that does not get ready.
 *
 * @param pid of the process
 * @param what for people
 */
public record Waiting(long pid, String what) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Where a service writes it. */
    public static Path file(StateFolder state, String service) {
        return state.run().resolve(service + ".waits");
    }

    /** What the file says; empty when there is none, or it is being written. */
    public static Optional<Waiting> read(Path file) {
        try {
            var json = JSON.readTree(Files.readAllBytes(file));
            return Optional.of(
                    new Waiting(json.path("pid").asLong(), json.path("what").asText()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void write(Path file) throws IOException {
        Path half = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(
                half,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("pid", pid)
                        .put("what", what)
                        .toString());
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
