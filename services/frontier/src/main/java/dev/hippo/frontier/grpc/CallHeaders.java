// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import dev.hippo.frontier.publish.ExtraHeaders;
import dev.hippo.wire.EventHeaders;
import io.grpc.Metadata;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What a call's metadata says of its events.
 *
 * @param traceParent the caller's trace, null for none
 * @param id the caller's event id, null for none
 * @param extras record headers that the metadata asks for
 */
record CallHeaders(@Nullable String traceParent, @Nullable String id, List<Header> extras) {
    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of(EventHeaders.TRACE_PARENT, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> ID = Metadata.Key.of("ce-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> SOURCE = Metadata.Key.of("ce-source", Metadata.ASCII_STRING_MARSHALLER);

    CallHeaders {
        extras = List.copyOf(extras);
    }

    static CallHeaders of(Metadata metadata) {
        String source = metadata.get(SOURCE);
        return new CallHeaders(
                metadata.get(TRACE_PARENT),
                metadata.get(ID),
                source == null ? List.of() : ExtraHeaders.of(Map.of(EventHeaders.SOURCE, source)));
    }
}
