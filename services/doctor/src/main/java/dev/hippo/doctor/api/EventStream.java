// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.sun.net.httpserver.HttpExchange;
import dev.hippo.doctor.store.EventReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happens as it is heard, as server-sent events. Each has a thread of its own until it hangs up. Thread-safe. */
final class EventStream {
    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final int MOST_LISTENERS = 16;
    private static final int AT_ONCE = 500;
    private static final long LOOK_MILLIS = 300;
    /** After so many looks without news a line shows whether the listener is still there. */
    private static final int SILENT_LOOKS = 50;

    private final EventReader events;
    private final Semaphore places = new Semaphore(MOST_LISTENERS);
    private final CountDownLatch never = new CountDownLatch(1);

    EventStream(EventReader events) {
        this.events = events;
    }

    /**
     * Begins to tell, and returns. The exchange is the stream's from then on.
     *
     * @param after the number of the last event that the listener has; empty for those from now on
     */
    void open(HttpExchange exchange, String after) throws ApiProblem, SQLException, IOException {
        if (!after.matches("[0-9]{0,18}")) {
            throw new ApiProblem(
                    400, "bad parameter", "'after' and Last-Event-ID must be the id of an event, not '" + after + "'");
        }
        long from = after.isEmpty() ? events.last() : Long.parseLong(after);
        if (!places.tryAcquire()) {
            throw new ApiProblem(503, "too many listeners", "there are " + MOST_LISTENERS + " already; hang one up");
        }
        boolean begun = false;
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(200, 0);
            Thread thread = new Thread(() -> tell(exchange, from), "events");
            thread.setDaemon(true);
            thread.start();
            begun = true;
        } finally {
            if (!begun) {
                places.release();
            }
        }
    }

    private void tell(HttpExchange exchange, long from) {
        try (exchange) {
            OutputStream out = exchange.getResponseBody();
            long at = from;
            int silent = SILENT_LOOKS;
            do {
                StringBuilder text = new StringBuilder();
                for (EventReader.Event event : events.after(at, AT_ONCE)) {
                    at = event.number();
                    text.append("id: ").append(at).append("\nevent: ").append(event.kind());
                    text.append("\ndata: ").append(event.json()).append("\n\n");
                }
                silent = text.isEmpty() ? silent + 1 : 0;
                if (silent >= SILENT_LOOKS) {
                    text.append(": nothing new\n\n");
                    silent = 0;
                }
                if (!text.isEmpty()) {
                    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            } while (!never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (IOException e) {
            log.debug("A listener has hung up", e);
        } catch (SQLException e) {
            log.warn("A listener is hung up on: the database does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            places.release();
        }
    }
}
