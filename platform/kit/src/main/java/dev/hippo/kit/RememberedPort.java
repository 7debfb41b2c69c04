// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import dev.hippo.pipeline.HippoSpec;
import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The port of a hippo whose file names none: free at the first start, and the same at every later one as long as nobody else has taken it, so that clients find a
 * door again that was killed. Not thread-safe.
 */
final class RememberedPort {
    private final Path file;

    RememberedPort(Path file) {
        this.file = file;
    }

    /** The hippo with the port that it is to listen on. */
    HippoSpec choose(HippoSpec hippo) throws IOException {
        if (hippo.port() != 0) {
            return hippo;
        }
        int last = last();
        return new HippoSpec(
                hippo.name(),
                hippo.kind(),
                hippo.subscribe(),
                hippo.publish(),
                hippo.write(),
                hippo.host(),
                last != 0 && StablePort.isFree(hippo.host(), last) ? last : StablePort.choose(hippo.host()),
                hippo.settings());
    }

    void remember(int port) throws IOException {
        Files.writeString(file, Integer.toString(port));
    }

    private int last() throws IOException {
        String text = Files.exists(file) ? Files.readString(file).strip() : "";
        return text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : 0;
    }
}
