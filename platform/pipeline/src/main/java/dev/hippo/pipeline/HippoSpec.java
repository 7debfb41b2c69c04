// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.List;

/**
 * One small service of the pipeline.
 *
 * @param subscribe the topics it reads
 * @param publish the topics it writes
 * @param write the tables it writes
 * @param host the address it listens on; loopback unless the file says otherwise
 * @param port the port it listens on; 0 for a free one
 * @param settings what only its kind has
 */
public record HippoSpec(
        String name,
        Kind kind,
        List<String> subscribe,
        List<String> publish,
        List<String> write,
        String host,
        int port,
        HippoSettings settings) {
    public HippoSpec {
        subscribe = List.copyOf(subscribe);
        publish = List.copyOf(publish);
        write = List.copyOf(write);
    }

    /** The settings as the type that the kind has. */
    public <T extends HippoSettings> T settings(Class<T> type) {
        return type.cast(settings);
    }
}
