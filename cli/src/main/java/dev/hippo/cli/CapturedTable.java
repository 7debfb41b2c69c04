// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A table that a hippo captures.
 *
 * @param table with its schema
 * @param topic of its latest rows
 */
record CapturedTable(HippoSpec hippo, String table, String topic) {
    /** The table that somebody means, who gives its name with or without the schema, or its topic. */
    static CapturedTable of(PipelineSpec pipeline, String name) {
        List<CapturedTable> all = all(pipeline);
        List<CapturedTable> named =
                all.stream().filter(each -> each.table().equals(name)).toList();
        if (named.isEmpty()) {
            named = all.stream()
                    .filter(each -> each.topic().equals(name) || each.table().endsWith("." + name))
                    .toList();
        }
        if (named.size() == 1) {
            return named.get(0);
        }
        if (named.isEmpty()) {
            Set<String> known = new TreeSet<>();
            all.forEach(each -> known.addAll(List.of(each.table(), each.topic())));
            String hint = all.isEmpty() ? "no hippo captures any" : Suggestion.hint(name, known);
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "no hippo of pipeline '" + pipeline.name() + "' captures table '" + name
                            + "' into a topic of latest rows; " + hint);
        }
        throw new CommandFailure(
                ExitStatus.USAGE,
                "'" + name + "' may be any of "
                        + named.stream()
                                .map(each ->
                                        each.table() + " of " + each.hippo().name() + " (topic " + each.topic() + ")")
                                .collect(Collectors.joining(", "))
                        + "; give the topic");
    }

    /** All that are captured. */
    static List<CapturedTable> all(PipelineSpec pipeline) {
        List<CapturedTable> all = new ArrayList<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof Capture capture) {
                for (String table : capture.tables()) {
                    String topic = capture.topics().get(table);
                    if (topic != null) {
                        all.add(new CapturedTable(hippo, table, topic));
                    }
                }
            }
        }
        return all;
    }
}
