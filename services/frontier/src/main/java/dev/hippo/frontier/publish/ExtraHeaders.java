// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.wire.EventHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Record headers that a client asks for beside the door's own. */
public final class ExtraHeaders {
    private static final Set<String> OWN =
            Set.of(EventHeaders.ID, EventHeaders.TIME, EventHeaders.SPEC_VERSION, EventHeaders.CONTENT_TYPE);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private ExtraHeaders() {}

    /** Why a client may not set a header of that name; null if it may. */
    public static @Nullable String objection(String name) {
        if (OWN.contains(name) || name.startsWith("hippo_")) {
            return "header '" + name + "' is the door's own; leave it out"
                    + (name.equals(EventHeaders.ID) ? " and use the field 'id'" : "");
        }
        return NAME.matcher(name).matches()
                ? null
                : "header name '" + name + "' is not made of 1 to 128 letters, digits, '_', '.' and '-'";
    }

    /** The headers as they are written. The names must have been found without objection. */
    public static List<Header> of(Map<String, String> named) {
        List<Header> headers = new ArrayList<>(named.size());
        named.forEach((name, value) -> headers.add(Records.header(name, value)));
        return headers;
    }
}
