// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.mission.Mission.Failure;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended.
 *
 * @param failure null when the job ended with exit status 0
 * @param result what the job wrote into its result file
 */
record AttemptEnd(String mission, int attempt, @Nullable Failure failure, ObjectNode result) {
    static AttemptEnd failed(String mission, int attempt, Failure.Kind kind, String text) {
        return new AttemptEnd(mission, attempt, new Failure(kind, text), JsonNodeFactory.instance.objectNode());
    }
}
