// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are not a command, and the command that is made of them. */
class RunReaderTest {
    @TempDir
    Path folder;

    private final java.util.HashMap<String, String> environment = new java.util.HashMap<>(Map.of("PATH", "/nowhere"));

    @BeforeEach
    void makeFiles() throws IOException {
        for (String file : List.of("Job.java", "job.jar", "job.py", "job.sql")) {
            Files.createFile(folder.resolve(file));
        }
    }

    private PipelineReading read(String run) throws IOException {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, "pipeline: p\nhippos:\n  nightly:\n    subscribe: t\n    run: " + run + "\n");
        return PipelineFile.read(file, null, environment);
    }

    private List<String> findings(String run) throws IOException {
        return read(run).findings().stream()
                .map(finding -> finding.toString().replace(folder + "/", ""))
                .toList();
    }

    private String command(String run) throws IOException {
        assertThat(findings(run)).isEmpty();
        return read(run)
                .spec()
                .hippos()
                .get("nightly")
                .settings(HippoSettings.Batch.class)
                .run();
    }

    /** A Spark that writes down with what it was called: what is tried is the command line. */
    private Path spark() throws IOException {
        Path home = Files.createDirectories(folder.resolve("a spark"));
        Files.createDirectories(home.resolve("bin"));
        for (String program : List.of("spark-submit", "spark-sql")) {
            Path script = home.resolve("bin").resolve(program);
            Files.writeString(script, "#!/bin/bash\necho \"${0##*/}\"\nprintf '%s\\n' \"$@\"\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
        }
        environment.put("SPARK_HOME", home.toString());
        return home;
    }

    private List<String> submitted(String run) throws Exception {
        Path home = spark();
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command(run));
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("HIPPO_PARTITION", "2017 03");
        builder.directory(folder.toFile()).redirectErrorStream(true);
        Process process = builder.start();
        List<String> lines = new String(
                        process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    @Test
    void aJavaFileOrClassRunsWithTheSdk() throws Exception {
        assertThat(command("{java: Job.java, options: -Xmx1g, args: [a b]}"))
                .isEqualTo("exec \"$HIPPO_JAVA\" \"-Xmx1g\" -cp \"$HIPPO_SDK\" \"Job.java\" \"a b\"");
        assertThat(command("{class: org.example.Job, classpath: [job.jar, libs/*]}"))
                .isEqualTo("exec \"$HIPPO_JAVA\" -cp \"$HIPPO_SDK\":\"job.jar\":\"libs/*\" dev.hippo.sdk.Main"
                        + " \"org.example.Job\"");
        assertThat(findings("{java: Jobb.java}"))
                .containsExactly(
                        "pipeline.yaml:5:17: error: there is no file Jobb.java; the command runs in the folder of the pipeline file");
        assertThat(findings("{java: Job.java, class: a}"))
                .singleElement()
                .asString()
                .contains("'run' needs one of");
    }

    @Test
    void anSqlFileKeepsItsLoginOutOfTheCommandLine() throws Exception {
        String run = "{sql: job.sql, url: 'jdbc:h2:mem:', user: sa, password: pssst}";
        assertThat(command(run))
                .isEqualTo("exec \"$HIPPO_JAVA\" -cp \"$HIPPO_LIB/jdbc/*\" dev.hippo.jdbc.Main \"job.sql\"");
        assertThat(read(run)
                        .spec()
                        .hippos()
                        .get("nightly")
                        .settings(HippoSettings.Batch.class)
                        .env())
                .isEqualTo(
                        Map.of("HIPPO_SQL_URL", "jdbc:h2:mem:", "HIPPO_SQL_USER", "sa", "HIPPO_SQL_PASSWORD", "pssst"));
        assertThat(findings("{sql: job.sql, url: 'jdbc:h2:mem:', query: ask}"))
                .singleElement()
                .asString()
                .contains("take one away");
        assertThat(findings("{sql: job.sql, url: 'postgres://h/d'}"))
                .singleElement()
                .asString()
                .contains("is no address");
        assertThat(findings("{java: Job.java, user: a}"))
                .singleElement()
                .asString()
                .contains("without 'sql'");
    }

    @Test
    void anSqlFileWithoutADatabaseGoesToTheQueryServiceOfThePipeline() throws Exception {
        assertThat(command("{sql: job.sql}"))
                .isEqualTo("exec \"$HIPPO_JAVA\" -cp \"$HIPPO_LIB/jdbc/*\" dev.hippo.jdbc.Main \"job.sql\"");
        assertThat(checked("{sql: job.sql}", ""))
                .containsExactly("pipeline.yaml:5:16: error: which database? There is no 'url', and no query service in"
                        + " this pipeline; write url: jdbc:postgresql://HOST/DATABASE, or add a hippo with kind: query for"
                        + " the pipeline's own tables");
        assertThat(checked("{sql: job.sql}", "  ask: {kind: query}\n")).isEmpty();
        assertThat(checked("{sql: job.sql}", "  ask: {kind: query}\n  b: {kind: query}\n"))
                .containsExactly("pipeline.yaml:5:16: error: which query service? There are ask, b; add query: ask");
        assertThat(checked("{sql: job.sql, query: b}", "  ask: {kind: query}\n  b: {kind: query}\n"))
                .isEmpty();
        assertThat(checked("{sql: job.sql, query: aks}", "  ask: {kind: query}\n"))
                .containsExactly(
                        "pipeline.yaml:5:32: error: 'aks' is no query service of this pipeline; did you mean 'ask'?");
        assertThat(findings("{sql: job.sql, password: pssst}"))
                .singleElement()
                .asString()
                .contains("'password' says nothing to a query service");
        assertThat(read("{sql: job.sql, url: 'http://far:8080/'}")
                        .spec()
                        .hippos()
                        .get("nightly")
                        .settings(HippoSettings.Batch.class)
                        .env())
                .isEqualTo(Map.of("HIPPO_SQL_URL", "http://far:8080"));
    }

    private List<String> checked(String run, String further) throws IOException {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, "pipeline: p\nhippos:\n  nightly:\n    subscribe: t\n    run: " + run + "\n" + further);
        return PipelineCheck.of(PipelineFile.read(file, null, environment)).findings().stream()
                .map(finding -> finding.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void aSparkJobIsSubmittedWordByWord() throws Exception {
        assertThat(
                        submitted(
                                "{spark: {jar: job.jar, class: org.example.Job, master: 'spark://h:7077', deployMode: cluster,"
                                        + " conf: {spark.executor.memory: 2g}, args: [--day, $HIPPO_PARTITION, '$5 \"x\" `date`']}}"))
                .containsExactly(
                        "spark-submit",
                        "--master",
                        "spark://h:7077",
                        "--name",
                        "nightly",
                        "--class",
                        "org.example.Job",
                        "--deploy-mode",
                        "cluster",
                        "--conf",
                        "spark.executor.memory=2g",
                        "job.jar",
                        "--day",
                        "2017 03",
                        "$5 \"x\" `date`");
        assertThat(submitted("{spark: {py: job.py, master: yarn}}"))
                .containsExactly("spark-submit", "--master", "yarn", "--name", "nightly", "job.py");
        assertThat(submitted("{spark: {sql: job.sql}}"))
                .containsExactly("spark-sql", "--master", "local[*]", "--name", "nightly", "-f", "job.sql");
    }

    @Test
    void aSparkThatIsNotThereIsToldWithWhatToSet() throws Exception {
        assertThat(findings("{spark: {py: job.py}}"))
                .containsExactly(
                        "pipeline.yaml:5:18: error: there is no Spark here: SPARK_HOME is not set, and no spark-submit is on"
                                + " the PATH; set SPARK_HOME to the folder of a Spark installation, in the environment or in"
                                + " 'env' of the hippo");
        environment.put("SPARK_HOME", folder.toString());
        assertThat(findings("{spark: {py: job.py}}"))
                .singleElement()
                .asString()
                .contains("there is no bin/spark-submit in it");
        spark();
        assertThat(findings("{spark: {py: job.py, master: sparc}}"))
                .singleElement()
                .asString()
                .contains("'sparc' is no Spark master");
        assertThat(findings("{spark: {jar: job.jar}}"))
                .singleElement()
                .asString()
                .contains("'jar' needs the class to run");
    }
}
