// SPDX-License-Identifier: Apache-2.0
package dev.hippo.ports;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that come back on the same one after a crash. A port that the kernel gives to a server which asks for any is also one that it gives to an
 * outgoing connection: while the server is down, a client takes it, even the one that tries to reach the server and so connects to itself. These ports lie below
 * the ranges that Linux (32768 to 60999), macOS and Windows (49152 to 65535) give to connections. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6335#section-6">RFC 6335, section 6: the ranges of port numbers</a>
 */
public final class StablePort {
    /** The lowest port that is chosen. */
    public static final int LOWEST = 16_384;

    /** The highest port that is chosen. */
    public static final int HIGHEST = 32_767;

    private static final int COUNT = HIGHEST - LOWEST + 1;
    /** Odd, and so a permutation of the ports: processes that start together, with numbers side by side, begin their search far apart. */
    private static final long SPREAD = 40_503;

    private static final AtomicInteger CHOSEN = new AtomicInteger();

    private StablePort() {}

    /**
     * A port that is free now. It is not held, but each process looks for its own from another place on.
     *
     * @return 0, which leaves the choice to the kernel, if all are taken or the address is not one of this host
     */
    public static int choose(String host) {
        long begin = ProcessHandle.current().pid() * SPREAD;
        for (int tried = 0; tried < COUNT; tried++) {
            int port = LOWEST + (int) Math.floorMod(begin + CHOSEN.getAndIncrement(), (long) COUNT);
            if (isFree(host, port)) {
                return port;
            }
        }
        return 0;
    }

    /** Whether a server could listen on a port now. */
    public static boolean isFree(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
