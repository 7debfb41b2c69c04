// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.UUID;

/** The host and state folder of a process: what tells it from its like elsewhere. */
public final class Whereabouts {
    private static final int DIGITS = 6;

    private Whereabouts() {}

    /** The name of this host, as it calls itself, in small letters. */
    public static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /**
     * Host and folder, whole, and a number that the folder keeps: hosts may have the same name and the same paths, as copies of one image do.
     *
     * @throws IOException if the folder cannot be written
     */
    public static String of(StateFolder state) throws IOException {
        return host() + ":" + state.root() + "#" + identity(state);
    }

    private static String identity(StateFolder state) throws IOException {
        Path file = state.identity();
        if (!Files.exists(file)) {
            Files.createDirectories(state.root());
            String mine = UUID.randomUUID().toString();
            Path half = file.resolveSibling(file.getFileName() + "." + mine);
            Files.writeString(half, mine);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.readString(file).strip();
    }

    /**
     * Host and six digits for the folder: the same after every start, and hardly ever of two folders.
     *
     * @throws IOException if the folder cannot be written
     */
    public static String shortName(StateFolder state) throws IOException {
        return host() + "-"
                + UUID.nameUUIDFromBytes(of(state).getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .substring(0, DIGITS);
    }
}
