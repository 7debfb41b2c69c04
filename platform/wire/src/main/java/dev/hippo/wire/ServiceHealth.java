// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** The heartbeat message in the fields that its readers have always known; a sender adds its own. */
public final class ServiceHealth {
    private static final String HOST = host();

    private ServiceHealth() {}

    /**
     * A heartbeat.
     *
     * @param path the folder of its pipeline
     * @param running how long it has run
     * @param interval the time to the next heartbeat
     * @param error why the service cannot go on; empty while it lives
     */
    public static ObjectNode of(
            String service, String path, long pid, Duration running, Duration interval, String error) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("clientIP", HOST)
                .put("path", path)
                .put("service_name", service)
                .put("user", System.getProperty("user.name", ""))
                .put(
                        "monitor_pid",
                        ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L))
                .put("service_pid", pid)
                .put("exec_time", running.toMillis())
                .put("is_success", error.isEmpty() ? 1 : 0)
                .put("error_msg", error)
                .put("coordAddress", "")
                .put("interval", interval.toMillis());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            return InetAddress.getLoopbackAddress().getHostAddress();
        }
    }
}
