// SPDX-License-Identifier: Apache-2.0
package dev.hippo.broker;

import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One Kafka node, broker and controller in one (KRaft, combined mode), that listens on loopback unless told otherwise. Its folder survives restarts
 * and crashes. Only one may run on a folder; {@link Main} holds the lock that keeps it so.
 */
public final class EmbeddedBroker implements AutoCloseable {
    /** One name for all embedded clusters: a folder of Hippo's is recognised as such. */
    private static final String CLUSTER_ID = "SGlwcG9FbWJlZGRlZEthZg";

    private static final String CONTROLLER_HOST = "127.0.0.1";

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private boolean closed;

    private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker and returns when it serves clients.
     *
     * @param folder where its log is kept; made if absent
     * @param port the loopback port; 0 for a free one
     * @throws IOException if the folder cannot be written
     */
    public static EmbeddedBroker start(Path folder, int port) throws IOException {
        return start(folder, "127.0.0.1", port);
    }

    /** Starts a broker on another address of this host, so that clients on other hosts reach it; whoever reaches it may do everything. */
    public static EmbeddedBroker start(Path folder, String host, int port) throws IOException {
        Files.createDirectories(folder);
        int clientPort = port == 0 ? StablePort.choose(host) : port;
        int controllerPort = StablePort.choose(CONTROLLER_HOST);
        if (clientPort == 0 || controllerPort == 0) {
            throw new IOException("no port is free on " + (clientPort == 0 ? host : CONTROLLER_HOST)
                    + "; is it an address of this host?");
        }
        try {
            format(folder);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot format " + folder + " for Kafka: " + e.getMessage(), e);
        }
        KafkaConfig config = KafkaConfig.apply(settings(folder, host, clientPort, controllerPort), false);
        KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IOException(
                    "the embedded Kafka did not start on " + host + ":" + clientPort + ": " + e.getMessage(), e);
        }
        return new EmbeddedBroker(server, host + ":" + clientPort);
    }

    private static void format(Path folder) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(1)
                .setClusterId(CLUSTER_ID)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(folder.toString())
                .addDirectory(folder.toString())
                .setHasDynamicQuorum(false)
                .setIgnoreFormatted(true)
                .run();
    }

    private static Map<String, String> settings(Path folder, String host, int clientPort, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@" + CONTROLLER_HOST + ":" + controllerPort);
        settings.put(
                "listeners",
                "PLAINTEXT://" + host + ":" + clientPort + ",CONTROLLER://" + CONTROLLER_HOST + ":" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://" + host + ":" + clientPort);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("log.dirs", folder.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        for (String internal :
                new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(internal + ".replication.factor", "1");
            settings.put(internal + ".num.partitions", "4");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        // the longest transaction of a Flink step: its checkpoint interval and the restart after a crash lie within
        settings.put("transaction.max.timeout.ms", "900000");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("log.cleaner.dedupe.buffer.size", "4194304");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        // clean shutdown is quick and a crash recovers with one thread per core
        settings.put("num.recovery.threads.per.data.dir", "2");
        return settings;
    }

    /** Host and port for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Returns when the broker has ended by itself or by {@link #close}. */
    public void awaitEnd() {
        server.awaitShutdown();
    }

    /** Stops the broker cleanly; it is gone when this returns. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
        }
    }
}
