// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.wire.KafkaUnavailable;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One thing that the API answers.
 *
 * @param path below {@code /api/v1}, with braces around what varies
 * @param query the parameters that it takes
 * @param status of the answer when all is well
 */
record Route(String method, String path, List<String> query, int status, Handler handler) {
    Route {
        query = List.copyOf(query);
    }

    /** Makes the answer. */
    interface Handler {
        JsonNode answer(ApiRequest request) throws ApiProblem, SQLException, KafkaUnavailable;
    }

    /** What stands for the braces in a path; empty if the path is another. */
    Optional<Map<String, String>> match(String asked) {
        String[] wanted = path.split("/", -1);
        String[] given = asked.split("/", -1);
        if (wanted.length != given.length) {
            return Optional.empty();
        }
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                values.put(wanted[i].substring(1, wanted[i].length() - 1), given[i]);
            } else if (!wanted[i].equals(given[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }
}
