// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * Hosts that are network namespaces of this one, on a bridge at which a broker listens: each can be cut off or frozen. Needs to be root on a Linux that allows it.
 */
final class Hosts implements AutoCloseable {
    private static final Path ROOT = HippoCommand.root();

    private final String prefix = "hp" + ProcessHandle.current().pid() % 100_000;
    private final String network;
    private final int count;
    private final List<Process> started = new ArrayList<>();
    private String kafka = "";

    Hosts(int count) throws IOException, InterruptedException {
        long pid = ProcessHandle.current().pid();
        this.network = "10." + (64 + pid % 128) + "." + pid / 128 % 256 + ".";
        this.count = count;
        ip("link", "add", prefix + "b", "type", "bridge");
        ip("addr", "add", network + "1/24", "dev", prefix + "b");
        ip("link", "set", prefix + "b", "up");
        for (int host = 1; host <= count; host++) {
            ip("netns", "add", name(host));
            ip("link", "add", cable(host), "type", "veth", "peer", "name", "eth0", "netns", name(host));
            ip("link", "set", cable(host), "master", prefix + "b", "up");
            ip("-n", name(host), "addr", "add", network + (10 + host) + "/24", "dev", "eth0");
            ip("-n", name(host), "link", "set", "eth0", "up");
            ip("-n", name(host), "link", "set", "lo", "up");
        }
    }

    /** Whether this machine lets us make such hosts. */
    static boolean possible() {
        try {
            Process unshare = new ProcessBuilder("unshare", "--net", "ip", "link", "show")
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
            return unshare.waitFor() == 0 && "root".equals(System.getProperty("user.name"));
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String name(int host) {
        return prefix + "h" + host;
    }

    private String cable(int host) {
        return prefix + "v" + host;
    }

    private static String ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        Process ip = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (ip.waitFor() != 0) {
            throw new IOException(command + ": " + said);
        }
        return said;
    }

    /** Starts a broker that every host reaches; answers its address. */
    String broker(Path folder) throws IOException {
        Path ready = folder.resolve("ready.json");
        Path port = folder.resolve("port");
        Files.createDirectories(folder);
        started.add(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx320m",
                        "-cp",
                        ROOT.resolve("lib/broker") + "/*",
                        "dev.hippo.broker.Main",
                        "--folder",
                        folder.resolve("log").toString(),
                        "--port-file",
                        port.toString(),
                        "--ready-file",
                        ready.toString(),
                        "--host",
                        network + "1")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("broker.out").toFile())
                .start());
        Awaitility.await("the broker is ready").atMost(Duration.ofMinutes(1)).until(() -> Files.exists(ready));
        kafka = network + "1:" + Files.readString(port).strip();
        return kafka;
    }

    /** Starts the agent of a host, which has its name; its state and what it prints are in the folder. */
    void agent(int host, Path pipeline, Path state, Map<String, String> environment, String... options)
            throws IOException {
        agent(host, "host" + host, pipeline, state, environment, options);
    }

    /** Starts an agent of any name on a host. */
    void agent(int host, String name, Path pipeline, Path state, Map<String, String> environment, String... options)
            throws IOException {
        Files.createDirectories(state);
        List<String> command = new ArrayList<>(List.of(
                "ip",
                "netns",
                "exec",
                name(host),
                ROOT.resolve("hippo").toString(),
                "agent",
                "--file",
                pipeline.toString(),
                "--state",
                state.toString(),
                "--name",
                name));
        command.addAll(Arrays.asList(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(state.resolve("agent.out").toFile());
        builder.environment().putAll(environment);
        builder.environment().putAll(Map.of("HIPPO_NO_BUILD", "1", "KAFKA", kafka));
        started.add(builder.start());
    }

    /** Pulls the cable. */
    void cut(int host) throws IOException, InterruptedException {
        ip("link", "set", cable(host), "down");
    }

    /** Plugs the cable in again. */
    void heal(int host) throws IOException, InterruptedException {
        ip("link", "set", cable(host), "up");
    }

    /** Stops every process of a host in its tracks. */
    void freeze(int host) throws IOException, InterruptedException {
        signal(host, "STOP");
    }

    /** Lets them go on. */
    void thaw(int host) throws IOException, InterruptedException {
        signal(host, "CONT");
    }

    private void signal(int host, String signal) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        ip("netns", "pids", name(host)).lines().forEach(command::add);
        if (command.size() > 2) {
            new ProcessBuilder(command).start().waitFor();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            takeDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeDown() throws IOException, InterruptedException {
        for (int host = 1; host <= count; host++) {
            signal(host, "KILL");
        }
        started.forEach(Process::destroyForcibly);
        for (int host = 1; host <= count; host++) {
            ip("netns", "del", name(host));
        }
        ip("link", "del", prefix + "b");
    }
}
