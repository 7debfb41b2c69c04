// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a service process is started with: {@code --pipeline FILE [--hippo NAME] [--profile NAME] [--state DIR] [--epoch N]}.
 *
 * @param hippo null only for a check, which is about the whole pipeline
 * @param epoch of the assignment that the process is started for; -1 when only one host can start it
 */
public record HippoArguments(
        Path pipeline,
        @Nullable String hippo,
        @Nullable String profile,
        @Nullable Path state,
        long epoch) {
    /**
     * Reads the command line of a service process.
     *
     * @throws HippoFailure if an option is unknown, has no value, or {@code --pipeline} is missing
     */
    public static HippoArguments parse(String[] args) throws HippoFailure {
        Map<String, String> options = new TreeMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!args[i].matches("--(pipeline|hippo|profile|state|epoch)")) {
                throw new HippoFailure("unknown option " + args[i]
                        + "; a service takes --pipeline FILE --hippo NAME [--profile NAME] [--state DIR] [--epoch N]");
            }
            if (i + 1 == args.length) {
                throw new HippoFailure("option " + args[i] + " needs a value");
            }
            options.put(args[i], args[i + 1]);
        }
        String pipeline = options.get("--pipeline");
        if (pipeline == null) {
            throw new HippoFailure("option --pipeline is missing");
        }
        String state = options.get("--state");
        String epoch = options.getOrDefault("--epoch", "-1");
        if (!epoch.matches("-1|[0-9]{1,18}")) {
            throw new HippoFailure("option --epoch is a number, not '" + epoch + "'");
        }
        return new HippoArguments(
                Path.of(pipeline),
                options.get("--hippo"),
                options.get("--profile"),
                state == null ? null : Path.of(state),
                Long.parseLong(epoch));
    }
}
