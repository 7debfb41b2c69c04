// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How one process is started.
 *
 * @param name the hippo's name, or {@code kafka}, or {@code doctor}
 * @param kind for people to read
 * @param command the command line
 * @param readyFile what the process writes when it is ready
 * @param lockFile what the process locks for as long as it lives, its pid inside
 */
public record ServiceCommand(String name, String kind, List<String> command, Path readyFile, Path lockFile) {
    /** The name of the embedded broker among the processes. */
    public static final String BROKER = "kafka";

    /** The name of the Doctor among the processes. */
    public static final String DOCTOR = "doctor";

    /** Heap and collector per service, for a small machine: throughput matters in the door, the steps and the lake, footprint in the rest. */
    private static final Map<String, List<String>> JVM = Map.of(
            "broker", List.of("-Xms64m", "-Xmx320m", "-XX:+UseSerialGC"),
            "frontier", List.of("-Xmx512m", "-XX:+UseParallelGC"),
            "flink", List.of("-Xmx1g", "-XX:+UseParallelGC"),
            "lake", List.of("-Xmx768m", "-XX:+UseParallelGC"),
            // rows of 32 MiB, twice over
            "capture", List.of("-Xmx512m", "-XX:+UseParallelGC"),
            // it starts processes all day: without the helper process between
            "batch", List.of("-Xmx192m", "-XX:+UseSerialGC", "-Djdk.lang.Process.launchMechanism=VFORK"),
            "doctor", List.of("-Xmx192m", "-XX:+UseSerialGC"),
            "query", List.of("-Xmx384m", "-XX:+UseSerialGC", "--add-opens=java.base/java.nio=ALL-UNNAMED"));

    public ServiceCommand {
        command = List.copyOf(command);
    }

    /** How a person has it started again, in words. */
    String startedBy() {
        boolean hippo = !name.equals(BROKER) && !name.equals(DOCTOR);
        return hippo ? "'hippo start " + name + "'" : "'hippo down' and 'hippo up'";
    }

    /** What the process writes as long as it waits for something before it starts. */
    Path waitFile() {
        return readyFile.resolveSibling(name + ".waits");
    }

    /** The embedded broker. */
    public static ServiceCommand broker(Installation home, StateFolder state, int port) {
        Path ready = state.run().resolve(BROKER + ".json");
        List<String> arguments = new ArrayList<>(List.of(
                "--folder", state.kafka().toString(),
                "--port-file", KafkaConnection.portFile(state).toString(),
                "--ready-file", ready.toString()));
        if (port != 0) {
            arguments.addAll(List.of("--port", Integer.toString(port)));
        }
        return new ServiceCommand(
                BROKER, "broker", java(home, "broker", state, BROKER, arguments), ready, brokerLock(state));
    }

    /**
     * A hippo of the pipeline.
     *
     * @param epoch of the assignment that it is started for; told to it only where another host could start it too
     */
    public static ServiceCommand hippo(Installation home, Deployment deployment, HippoSpec hippo, long epoch) {
        StateFolder state = deployment.state();
        List<String> arguments = arguments(deployment);
        arguments.addAll(List.of("--hippo", hippo.name()));
        if (deployment.pipeline().kafka() instanceof KafkaSpec.Cluster) {
            arguments.addAll(List.of("--epoch", Long.toString(epoch)));
        }
        return new ServiceCommand(
                hippo.name(),
                hippo.kind().word(),
                java(home, hippo.settings().service(), state, hippo.name(), arguments),
                state.run().resolve(hippo.name() + ".json"),
                state.run().resolve(hippo.name() + ".lock"));
    }

    /** The Doctor. */
    public static ServiceCommand doctor(Installation home, Deployment deployment) {
        StateFolder state = deployment.state();
        return new ServiceCommand(
                DOCTOR,
                DOCTOR,
                java(home, DOCTOR, state, DOCTOR, arguments(deployment)),
                state.run().resolve(DOCTOR + ".json"),
                state.run().resolve(DOCTOR + ".lock"));
    }

    private static List<String> arguments(Deployment deployment) {
        List<String> arguments = new ArrayList<>(List.of(
                "--pipeline", deployment.file().toAbsolutePath().normalize().toString(),
                "--state", deployment.state().root().toString()));
        if (deployment.profile() != null) {
            arguments.addAll(List.of("--profile", deployment.profile()));
        }
        return arguments;
    }

    /** The lock that the embedded broker holds: on its data, wherever it was started from. */
    static Path brokerLock(StateFolder state) {
        return state.kafka().resolve("hippo.lock");
    }

    private static List<String> java(
            Installation home, String service, StateFolder state, String name, List<String> arguments) {
        List<String> command = new ArrayList<>();
        // a session of its own: Ctrl-C in the terminal reaches the supervisor only, which stops the processes in order
        Path setsid = Path.of("/usr/bin/setsid");
        if (Files.isExecutable(setsid)) {
            command.add(setsid.toString());
        }
        command.add(home.java().toString());
        command.addAll(JVM.getOrDefault(service, List.of("-Xmx256m")));
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-Xshare:auto",
                "-Djava.io.tmpdir=" + state.temporary(name),
                "-cp",
                home.lib(service) + "/*",
                "dev.hippo." + service + ".Main"));
        command.addAll(arguments);
        return command;
    }
}
