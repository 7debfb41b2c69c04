// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** The reasons of a rejection, as the header of rejected records has them. */
final class Reasons {
    private Reasons() {}

    /** One reason. */
    static String json(String path, String rule, String message) {
        ArrayNode reasons = JsonNodeFactory.instance.arrayNode();
        reasons.addObject().put("path", path).put("rule", rule).put("message", message);
        return reasons.toString();
    }
}
