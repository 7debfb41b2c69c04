// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import dev.hippo.pipeline.StateFolder;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
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

    /** Host and folder, whole. */
    public static String of(StateFolder state) {
        return host() + ":" + state.root();
    }

    /** Host and six digits for the folder: the same after every start, and hardly ever of two folders. */
    public static String shortName(StateFolder state) {
        return host() + "-"
                + UUID.nameUUIDFromBytes(of(state).getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .substring(0, DIGITS);
    }
}
