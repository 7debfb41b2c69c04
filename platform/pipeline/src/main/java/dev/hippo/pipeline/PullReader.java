// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads what only a source has that is scanned in cycles: a query, files or a class. */
final class PullReader {
    private static final List<String> SCANNED = List.of("query", "files", "class");
    private static final Pattern FILE = Pattern.compile(".*\\.(csv|jsonl|ndjson|json|parquet)");
    private static final Pattern CLASS = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$.]*");

    private final Findings findings;

    PullReader(Findings findings) {
        this.findings = findings;
    }

    /** Whether a source is one. */
    static boolean isPull(Section source) {
        return SCANNED.stream().anyMatch(source::has);
    }

    HippoSettings read(String name, Section hippo, Section source, String changes) {
        List<String> given = SCANNED.stream().filter(source::has).toList();
        for (String other : given.subList(1, given.size())) {
            findings.error(
                    source.at(other), "'" + other + "' stands beside '" + given.get(0) + "'", "make two hippos of it");
        }
        if (source.has("tables")) {
            findings.error(
                    source.at("tables"),
                    "'tables' are read by the database's log, and '" + given.get(0) + "' is scanned",
                    "make two hippos of it");
        }
        for (String key : List.of("reader", "connector", "properties")) {
            if (source.has(key)) {
                findings.error(
                        source.at(key), "'" + key + "' means nothing for '" + given.get(0) + "'", "take it away");
            }
        }
        boolean query = source.has("query");
        String url = query ? url(source) : "";
        for (String login : List.of("url", "user", "password")) {
            if (!query && source.has(login)) {
                findings.error(source.at(login), "'" + login + "' means nothing without 'query'", "take it away");
            }
        }
        List<String> files = files(source);
        String program = source.has("class") ? source.required("class") : "";
        if (!program.isEmpty() && !CLASS.matcher(program).matches()) {
            findings.error(source.at("class"), "'" + program + "' is no name of a class", "write it with its package");
        }
        if (!files.isEmpty() && source.has("classpath")) {
            findings.error(source.at("classpath"), "'classpath' means nothing for files", "take it away");
        }
        HippoSettings.Capture.Pull pull = new HippoSettings.Capture.Pull(
                query ? source.required("query") : "",
                files,
                program,
                source.texts("classpath"),
                source.positiveDuration("every"));
        String topic = topic(hippo, given.get(0));
        String table = name + "." + topic;
        return new HippoSettings.Capture(
                query ? url : program.isEmpty() ? "files " + String.join(", ", files) : "class " + program,
                CaptureReader.orEmpty(source.text("user")),
                CaptureReader.orEmpty(source.text("password")),
                topic.isEmpty() ? List.of() : List.of(table),
                topic.isEmpty() ? Map.of() : Map.of(table, topic),
                changes,
                Map.of(),
                pull,
                null);
    }

    private String url(Section source) {
        String url = source.required("url");
        if (!url.isEmpty() && !url.startsWith("jdbc:")) {
            findings.error(
                    source.at("url"), "the database of a query is a JDBC address", "write jdbc:postgresql://HOST/DB");
        }
        return url;
    }

    private List<String> files(Section source) {
        List<String> files = source.texts("files");
        for (String file : files) {
            if (!FILE.matcher(file).matches()) {
                findings.error(
                        source.entryAt("files", file),
                        "'" + file + "' does not say in what form its rows are",
                        "end it with .csv, .jsonl, .ndjson, .json or .parquet");
            }
        }
        if (source.has("files") && files.isEmpty()) {
            findings.error(source.at("files"), "'files' names none", "write files: data/*.csv");
        }
        return files;
    }

    private String topic(Section hippo, String scanned) {
        List<String> publish = hippo.texts("publish");
        if (publish.size() == 1) {
            return publish.get(0);
        }
        findings.error(
                publish.isEmpty() ? hippo.node() : hippo.at("publish"),
                publish.isEmpty()
                        ? "a db-etl without 'publish' tells nobody"
                        : "'" + scanned + "' gives the rows of one topic, not of " + publish.size(),
                "name a changelog topic for its latest rows");
        return "";
    }
}
