// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** One small HTTP server on one port, for health, metrics and, in a service that has them, a few handlers of its own. Thread-safe. */
public final class HttpPort implements AutoCloseable {
    static {
        // the server writes headers and body apart: the body would wait 40 ms for the client to acknowledge the headers
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private HttpPort(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Listens.
     *
     * @param port 0 for a free one
     * @param threads how many requests are answered at a time
     * @throws HippoFailure if the port is taken
     */
    public static HttpPort open(String host, int port, int threads) throws HippoFailure {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 128);
        } catch (IOException e) {
            throw new HippoFailure(
                    "cannot listen on " + host + ":" + port + ": " + e.getMessage()
                            + "; stop what holds the port, or give the hippo another 'port'",
                    e);
        }
        AtomicInteger number = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "http-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(executor);
        server.start();
        return new HttpPort(server, executor);
    }

    /** Answers a path and what is below it. */
    public void handle(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    /** Answers {@code GET path} with a text made anew for each request. */
    public void answer(String path, String contentType, Supplier<String> text) {
        handle(path, exchange -> {
            try (exchange) {
                byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", contentType);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Takes no more requests, breaks off those under way and gives their threads a second to notice. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
