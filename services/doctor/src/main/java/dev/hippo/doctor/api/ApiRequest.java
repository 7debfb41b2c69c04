// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of a route.
 *
 * @param path the values of the braces in the route's path
 * @param query only parameters that the route takes
 * @param body empty where the caller sent none
 */
record ApiRequest(Map<String, String> path, Map<String, String> query, ObjectNode body) {
    /** The value of a brace in the route's path. */
    String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no {" + name + "}");
        }
        return value;
    }

    @Nullable
    String query(String name) {
        return query.get(name);
    }
}
