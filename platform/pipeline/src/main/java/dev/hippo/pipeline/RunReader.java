// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads what a batch-etl runs: a command, or a Java class, a file of SQL or a Spark job, which it makes a command of. */
final class RunReader {
    private static final Pattern MASTER =
            Pattern.compile("local(\\[(\\d+|\\*)(,\\s*\\d+)?])?|yarn|spark://.+:\\d+.*|k8s://.+");
    private static final List<String> WAYS = List.of("java", "class", "sql", "spark");
    private static final List<String> SPARK_FILES = List.of("jar", "py", "sql");

    private static final Pattern SERVICE = Pattern.compile("https?://[^/\\s]+/?");

    private final Path folder;
    private final Findings findings;
    private final Marks marks;
    private final Variables variables;

    RunReader(Path folder, Findings findings, Marks marks, Variables variables) {
        this.folder = folder;
        this.findings = findings;
        this.marks = marks;
        this.variables = variables;
    }

    /**
     * The command line, for a shell.
     *
     * @param name of the hippo
     * @param environment further variables of the command; some ways to run add theirs
     */
    String read(String name, Section hippo, Map<String, String> environment) {
        if (!(hippo.at("run") instanceof MappingNode) || !hippo.has("run")) {
            return hippo.required("run");
        }
        Section run = new Section(Grammar.RUN, hippo.at("run"), findings, variables);
        List<String> ways = WAYS.stream().filter(run::has).toList();
        if (ways.size() != 1) {
            findings.error(
                    run.node(),
                    "'run' needs one of " + String.join(", ", WAYS),
                    "or write a command instead of a mapping");
            return "";
        }
        if (!run.has("sql")) {
            for (String other : List.of("url", "query", "user", "password")) {
                if (run.has(other)) {
                    findings.error(run.at(other), "'" + other + "' says nothing without 'sql'", "take it away");
                }
            }
        }
        return run.has("spark")
                ? spark(name, run, environment)
                : run.has("sql") ? sql(name, run, environment) : java(run);
    }

    /** Login and address go into the environment: everybody can see a command line. */
    private String sql(String name, Section run, Map<String, String> environment) {
        if (run.has("args")) {
            findings.error(
                    run.at("args"),
                    "an SQL file takes no arguments",
                    "write :HIPPO_PARTITION or another variable of the job");
        }
        String file = run.required("sql");
        file(run.at("sql"), file);
        String url = run.text("url");
        if (url == null) {
            // which one it is the check finds out, when all hippos are known
            environment.put(HippoSettings.Batch.QUERY_SERVICE, run.has("query") ? run.required("query") : "");
            marks.put("hippos/" + name + "/run/query", run.at(run.has("query") ? "query" : "sql"));
        } else if (url.startsWith("jdbc:")) {
            environment.put("HIPPO_SQL_URL", url);
        } else if (SERVICE.matcher(url).matches()) {
            environment.put("HIPPO_SQL_URL", url.replaceFirst("/$", ""));
        } else {
            findings.error(
                    run.at("url"),
                    "'" + url + "' is no address of a database",
                    "write url: jdbc:postgresql://HOST/DATABASE, or http://HOST:PORT of a query service");
        }
        if (url != null && run.has("query")) {
            findings.error(
                    run.at("query"), "'query' names a query service, and 'url' another database", "take one away");
        }
        for (String login : List.of("user", "password")) {
            if (run.has(login) && (url == null || !url.startsWith("jdbc:"))) {
                findings.error(
                        run.at(login),
                        "'" + login + "' says nothing to a query service",
                        "take it away, or name a database with url: jdbc:...");
            }
        }
        for (String login : List.of("user", "password")) {
            String text = run.text(login);
            if (text != null) {
                environment.put("HIPPO_SQL_" + login.toUpperCase(Locale.ROOT), text);
            }
        }
        List<String> line = new ArrayList<>(List.of("exec", "\"$HIPPO_JAVA\""));
        run.texts("options").forEach(option -> line.add(word(option)));
        line.add("-cp");
        line.add("\"$HIPPO_LIB/jdbc/*\"" + classpath(run));
        line.add("dev.hippo.jdbc.Main");
        line.add(word(file));
        return String.join(" ", line);
    }

    private String classpath(Section run) {
        StringBuilder path = new StringBuilder();
        for (String entry : run.texts("classpath")) {
            if (!entry.endsWith("*")) {
                file(run.entryAt("classpath", entry), entry);
            }
            path.append(":").append(word(entry));
        }
        return path.toString();
    }

    private String java(Section run) {
        List<String> line = new ArrayList<>(List.of("exec", "\"$HIPPO_JAVA\""));
        run.texts("options").forEach(option -> line.add(word(option)));
        line.add("-cp");
        line.add("\"$HIPPO_SDK\"" + classpath(run));
        if (run.has("java")) {
            String source = run.required("java");
            file(run.at("java"), source);
            if (!source.endsWith(".java")) {
                findings.error(
                        run.at("java"),
                        "'java' is a source file, and '" + source + "' does not end in .java",
                        "write {class: NAME, classpath: " + source + "} for one that is compiled");
            }
            line.add(word(source));
        } else {
            line.add("dev.hippo.sdk.Main");
            line.add(word(run.required("class")));
        }
        run.texts("args").forEach(argument -> line.add(word(argument)));
        return String.join(" ", line);
    }

    private String spark(String name, Section run, Map<String, String> environment) {
        for (String other : List.of("options", "args", "classpath")) {
            if (run.has(other)) {
                findings.error(
                        run.at(other),
                        "'" + other + "' stands beside 'spark'",
                        "write it in 'spark', as 'conf' or 'args'");
            }
        }
        Section spark = new Section(Grammar.SPARK, run.at("spark"), findings, variables);
        List<String> files = SPARK_FILES.stream().filter(spark::has).toList();
        if (files.size() != 1) {
            findings.error(spark.node(), "'spark' needs one of " + String.join(", ", SPARK_FILES), "");
            return "";
        }
        String what = files.get(0);
        String file = spark.required(what);
        // what has a scheme is somewhere that only Spark can look
        if (!file.matches("[a-z0-9]+:.*")) {
            file(spark.at(what), file);
        }
        String master = spark.text("master");
        if (master == null || !MASTER.matcher(master).matches()) {
            findings.error(
                    spark.at("master"),
                    "'" + master + "' is no Spark master",
                    "write local[*], yarn, spark://HOST:7077 or k8s://https://HOST:443");
        }
        String program = what.equals("sql") ? "spark-sql" : "spark-submit";
        findProgram(spark, program, environment);
        List<String> line = new ArrayList<>(List.of("exec"));
        line.add("\"${SPARK_HOME:+$SPARK_HOME/bin/}" + program + "\"");
        line.addAll(List.of("--master", word(String.valueOf(master)), "--name", word(name)));
        if (spark.has("class")) {
            line.addAll(List.of("--class", word(spark.required("class"))));
            if (!what.equals("jar")) {
                findings.error(spark.at("class"), "'class' says nothing without 'jar'", "take it away");
            }
        } else if (what.equals("jar")) {
            findings.error(spark.at("jar"), "'jar' needs the class to run", "add {class: org.example.Main}");
        }
        if (spark.has("deployMode")) {
            line.addAll(List.of("--deploy-mode", word(spark.required("deployMode"))));
        }
        new LinkedHashMap<>(spark.map("conf"))
                .forEach((key, value) -> line.addAll(List.of("--conf", word(key + "=" + value))));
        if (what.equals("sql")) {
            line.add("-f");
        }
        line.add(word(file));
        spark.texts("args").forEach(argument -> line.add(word(argument)));
        if (what.equals("sql") && spark.has("args")) {
            findings.error(
                    spark.at("args"),
                    "an SQL file takes no arguments",
                    "write conf: {spark.hippo.NAME: VALUE} and use ${spark.hippo.NAME} in the file");
        }
        return String.join(" ", line);
    }

    /** The mission finds Spark as the shell does: by SPARK_HOME, or on the PATH. */
    private void findProgram(Section spark, String program, Map<String, String> environment) {
        String home = environment.getOrDefault("SPARK_HOME", variables.environment("SPARK_HOME"));
        if (!home.isEmpty()) {
            if (!Files.isExecutable(folder.resolve(home).resolve("bin").resolve(program))) {
                findings.error(
                        spark.node(),
                        "SPARK_HOME is " + home + ", and there is no bin/" + program + " in it",
                        "set SPARK_HOME to the folder of a Spark installation");
            }
            return;
        }
        String path = environment.getOrDefault("PATH", variables.environment("PATH"));
        boolean found = Stream.of(path.split(":"))
                .filter(folderOnPath -> !folderOnPath.isEmpty())
                .anyMatch(
                        folderOnPath -> Files.isExecutable(Path.of(folderOnPath).resolve(program)));
        if (!found) {
            findings.error(
                    spark.node(),
                    "there is no Spark here: SPARK_HOME is not set, and no " + program + " is on the PATH",
                    "set SPARK_HOME to the folder of a Spark installation, in the environment or in 'env' of the hippo");
        }
    }

    private void file(Node at, String file) {
        if (!Files.exists(folder.resolve(file))) {
            findings.error(
                    at,
                    "there is no file " + folder.resolve(file),
                    "the command runs in the folder of the pipeline file");
        }
    }

    /** One word of a command line, in which {@code $NAME} stands for a variable of the environment. */
    private static String word(String text) {
        return "\"" + text.replaceAll("([\\\\\"`])", "\\\\$1").replaceAll("\\$(?![A-Za-z_])", "\\\\\\$") + "\"";
    }
}
