// SPDX-License-Identifier: Apache-2.0
package dev.hippo.broker;

import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The embedded broker's process: {@code --folder DIR --port-file FILE --ready-file FILE [--port N] [--host ADDRESS]}.
 * Exit statuses: 0 stopped, 1 failed, 2 wrong arguments or a port or folder that cannot be used, 3 another broker has the folder.
 */
public final class Main {
    private static final Set<String> OPTIONS = Set.of("--folder", "--port-file", "--ready-file", "--port", "--host");

    private Main() {}

    public static void main(String[] args) throws IOException {
        Map<String, String> options = options(args);
        Path folder = Path.of(options.get("--folder")).toAbsolutePath();
        Path lockFile = folder.resolve("hippo.lock");
        Files.createDirectories(folder);
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                exit(3, "another broker runs on " + folder + "; 'hippo status' shows it, 'hippo down' stops it");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            run(
                    folder,
                    Path.of(options.get("--port-file")),
                    Path.of(options.get("--ready-file")),
                    options.getOrDefault("--host", "127.0.0.1"),
                    options.get("--port"));
        }
    }

    private static void run(Path folder, Path portFile, Path readyFile, String host, @Nullable String wantedPort)
            throws IOException {
        Files.deleteIfExists(readyFile);
        int port = port(portFile, host, wantedPort);
        EmbeddedBroker broker;
        try {
            broker = EmbeddedBroker.start(folder, host, port);
        } catch (IOException e) {
            exit(1, e.getMessage());
            return;
        }
        Thread stop = new Thread(broker::close, "stop-broker");
        Runtime.getRuntime().addShutdownHook(stop);
        writeWhole(portFile, Integer.toString(port));
        writeWhole(
                readyFile,
                String.format(
                        "{\"name\":\"kafka\",\"kind\":\"broker\",\"pid\":%d,\"port\":%d,\"startedAt\":\"%s\"}",
                        ProcessHandle.current().pid(),
                        port,
                        InstantSource.system().instant()));
        broker.awaitEnd();
    }

    /** The port of the last start, so that clients find the broker again after a restart; else the one wanted, else a free one. */
    private static int port(Path portFile, String host, @Nullable String wanted) throws IOException {
        int port;
        if (wanted != null && !wanted.equals("0")) {
            port = Integer.parseInt(wanted);
        } else if (Files.exists(portFile)) {
            port = Integer.parseInt(Files.readString(portFile).strip());
        } else {
            return StablePort.choose(host);
        }
        if (!StablePort.isFree(host, port)) {
            exit(
                    2,
                    "port " + port + " of the embedded Kafka is taken by another process; stop that process, or delete "
                            + portFile + " to have another port chosen");
        }
        return port;
    }

    private static void writeWhole(Path file, String text) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path half = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(half, text);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (!OPTIONS.contains(args[i])) {
                exit(2, "unknown option " + args[i]);
            }
            options.put(args[i], args[i + 1]);
        }
        for (String needed : new String[] {"--folder", "--port-file", "--ready-file"}) {
            if (!options.containsKey(needed)) {
                exit(2, "option " + needed + " is missing");
            }
        }
        return options;
    }

    private static void exit(int status, @Nullable String reason) {
        System.err.println("kafka: " + reason);
        Runtime.getRuntime().halt(status);
    }
}
