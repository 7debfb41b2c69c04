// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.List;
import java.util.Set;

/**
 * One small service of the pipeline.
 *
 * @param subscribe the topics it reads
 * @param publish the topics it writes
 * @param write the tables it writes
 * @param host the address it listens on; loopback unless the file says otherwise
 * @param port the port it listens on; 0 for a free one
 * @param settings what only its kind has
 * @param runsOn the labels that a host must have to run it
 */
public record HippoSpec(
        String name,
        Kind kind,
        List<String> subscribe,
        List<String> publish,
        List<String> write,
        String host,
        int port,
        HippoSettings settings,
        Set<String> runsOn) {
    /** A hippo that runs on any host. */
    public HippoSpec(
            String name,
            Kind kind,
            List<String> subscribe,
            List<String> publish,
            List<String> write,
            String host,
            int port,
            HippoSettings settings) {
        this(name, kind, subscribe, publish, write, host, port, settings, Set.of());
    }

    public HippoSpec {
        runsOn = Set.copyOf(runsOn);
        subscribe = List.copyOf(subscribe);
        publish = List.copyOf(publish);
        write = List.copyOf(write);
    }

    /** The settings as the type that the kind has. */
    public <T extends HippoSettings> T settings(Class<T> type) {
        return type.cast(settings);
    }
}
