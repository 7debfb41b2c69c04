// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.diagnosis;

import dev.hippo.kit.ProcessLock;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at the host: Java, the disk, the ports that hippos are to have, the programs that their jobs name. */
public final class HostCheckup {
    private static final int JAVA = 17;
    private static final long SICK_BYTES = 512L << 20;
    private static final long FEW_BYTES = 5L << 30;
    /** Programs that jobs are wont to call. */
    private static final Pattern PROGRAM = Pattern.compile(
            "(?<![\\w./-])(bash|sh|python3?|node|java|Rscript|perl|spark-submit|spark-sql|hive|beeline|hdfs|yarn|psql|mysql|curl|jq)(?![\\w./=-])");

    private final PipelineSpec pipeline;
    private final StateFolder state;
    private final Map<String, String> environment;

    public HostCheckup(PipelineSpec pipeline, StateFolder state, Map<String, String> environment) {
        this.pipeline = pipeline;
        this.state = state;
        this.environment = Map.copyOf(environment);
    }

    /** What was found. */
    public List<Symptom> look() throws IOException {
        List<Symptom> symptoms = new ArrayList<>();
        symptoms.add(java(Runtime.version().feature()));
        symptoms.add(disk());
        ports(symptoms);
        programs(symptoms);
        return symptoms;
    }

    static Symptom java(int version) {
        String text = "Java " + version + " at " + System.getProperty("java.home");
        return version >= JAVA
                ? Symptom.well("java", text)
                : Symptom.sick("java", text, "install a JDK " + JAVA + " or later and set JAVA_HOME to it");
    }

    private Symptom disk() throws IOException {
        Path folder = state.root();
        while (!Files.exists(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        if (!Files.isWritable(folder)) {
            return Symptom.sick(
                    "disk", "nothing can be written to " + folder, "give this user the right, or name another --state");
        }
        FileStore store = Files.getFileStore(folder);
        return disk(store.getUsableSpace(), folder);
    }

    static Symptom disk(long free, Path folder) {
        String text = free / (1 << 20) + " MiB are free in " + folder;
        if (free < SICK_BYTES) {
            return Symptom.sick("disk", text, "make room: Kafka stops when it cannot write");
        }
        return free < FEW_BYTES ? Symptom.warning("disk", text, "make room soon") : Symptom.well("disk", text);
    }

    private void ports(List<Symptom> symptoms) throws IOException {
        for (HippoSpec hippo : pipeline.hippos().values()) {
            Path lock = state.run().resolve(hippo.name() + ".lock");
            if (hippo.port() != 0 && ProcessLock.heldBy(lock).isEmpty()) {
                try (ServerSocket socket = new ServerSocket(hippo.port(), 1, InetAddress.getByName(hippo.host()))) {
                    symptoms.add(Symptom.well(
                            "ports", "port " + socket.getLocalPort() + " of '" + hippo.name() + "' is free"));
                } catch (IOException e) {
                    symptoms.add(Symptom.sick(
                            "ports",
                            "'" + hippo.name() + "' does not run, and cannot listen on " + hippo.host() + ":"
                                    + hippo.port() + ": " + e.getMessage(),
                            "stop what holds the port ('ss -ltnp' shows it), or give the hippo another"));
                }
            }
        }
    }

    private void programs(List<Symptom> symptoms) {
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof Batch batch && batch.run() != null) {
                String path = batch.env().getOrDefault("PATH", environment.getOrDefault("PATH", ""));
                for (String program : named(String.valueOf(batch.run()))) {
                    Optional<Path> found = find(program, path);
                    symptoms.add(
                            found.isPresent()
                                    ? Symptom.well("programs", "'" + hippo.name() + "' has " + found.get())
                                    : Symptom.sick(
                                            "programs",
                                            "'" + hippo.name() + "' calls '" + program + "', which is not on its PATH",
                                            "install it, or name where it is under 'env' of the hippo: {PATH: ...}"));
                }
            }
        }
    }

    /** Programs that a command names. */
    static Set<String> named(String command) {
        Set<String> programs = new LinkedHashSet<>();
        Matcher matcher = PROGRAM.matcher(command.replaceAll("'[^']*'|\"[^\"]*\"", "''"));
        while (matcher.find()) {
            programs.add(matcher.group(1));
        }
        return programs;
    }

    static Optional<Path> find(String program, String path) {
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path file = Path.of(folder).resolve(program);
            if (!folder.isEmpty() && Files.isExecutable(file) && !Files.isDirectory(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }
}
