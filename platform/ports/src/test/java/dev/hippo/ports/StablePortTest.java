// SPDX-License-Identifier: Apache-2.0
package dev.hippo.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StablePortTest {
    private static final String HOST = "127.0.0.1";

    @Test
    void thoseChosenOneAfterTheOtherDiffer() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            ports.add(StablePort.choose(HOST));
        }
        assertThat(ports).hasSize(100).allMatch(port -> port >= StablePort.LOWEST && port <= StablePort.HIGHEST);
    }

    @Test
    void aPortThatIsListenedOnIsNotFree() throws IOException {
        int port = StablePort.choose(HOST);
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(StablePort.isFree(HOST, taken.getLocalPort())).isFalse();
        }
        assertThat(StablePort.isFree(HOST, port)).isTrue();
    }

    @Test
    void anAddressOfAnotherHostHasNone() {
        assertThat(StablePort.choose("192.0.2.1")).isZero();
    }
}
