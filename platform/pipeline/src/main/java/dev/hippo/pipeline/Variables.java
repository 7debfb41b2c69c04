// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Resolves {@code ${NAME}}, {@code ${NAME:-default}} and {@code ${secret:name}}. A secret is the environment variable {@code HIPPO_SECRET_NAME}, a
 * file in the folder that {@code HIPPO_SECRETS} names, or a file in {@code secrets/} beside the pipeline file; its value is never part of a message.
 */
final class Variables {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

    private final Map<String, String> environment;
    private final Path folder;

    Variables(Map<String, String> environment, Path folder) {
        this.environment = Map.copyOf(environment);
        this.folder = folder;
    }

    /** A variable of the environment, empty if it is not set. */
    String environment(String name) {
        return environment.getOrDefault(name, "");
    }

    /** The text with its variables replaced; one that is not set is a finding at the node. */
    String resolve(String text, Node at, Findings findings) {
        Matcher matcher = VARIABLE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String expression = matcher.group(1);
            String value = expression.startsWith("secret:")
                    ? secret(expression.substring("secret:".length()), at, findings)
                    : variable(expression, at, findings);
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value == null ? "" : value));
        }
        matcher.appendTail(resolved);
        return resolved.toString();
    }

    private @Nullable String variable(String expression, Node at, Findings findings) {
        int split = expression.indexOf(":-");
        String name = split < 0 ? expression : expression.substring(0, split);
        String value = environment.get(name);
        if (split >= 0 && (value == null || value.isEmpty())) {
            return expression.substring(split + 2);
        }
        if (value == null) {
            findings.error(
                    at, "environment variable " + name + " is not set", "set it, or write ${" + name + ":-default}");
        }
        return value;
    }

    private @Nullable String secret(String name, Node at, Findings findings) {
        String variable = "HIPPO_SECRET_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        String value = environment.get(variable);
        if (value != null) {
            return value;
        }
        String mounted = environment.get("HIPPO_SECRETS");
        if (name.matches("[A-Za-z0-9_.-]+") && !name.startsWith(".")) {
            for (Path file : mounted == null
                    ? new Path[] {folder.resolve("secrets").resolve(name)}
                    : new Path[] {
                        Path.of(mounted).resolve(name),
                        folder.resolve("secrets").resolve(name)
                    }) {
                if (Files.isRegularFile(file)) {
                    try {
                        return Files.readString(file).strip();
                    } catch (IOException e) {
                        findings.error(
                                at, "secret '" + name + "' cannot be read from " + file, "check the file's rights");
                        return null;
                    }
                }
            }
        }
        findings.error(
                at,
                "secret '" + name + "' is not set",
                "set " + variable + ", or put it into the file secrets/" + name
                        + " beside the pipeline file or in the folder that HIPPO_SECRETS names");
        return null;
    }
}
