// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import dev.hippo.pipeline.HippoSettings.Destination;
import dev.hippo.wire.KafkaUnavailable;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps tables of a database up to date with changelog topics, or with a topic of all changes; a database or a Kafka that is away is waited for. */
public final class DestinationService implements HippoService {
    private static final Logger log = LoggerFactory.getLogger(DestinationService.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 10;
    private static final long ABORTED_SECONDS = 3;

    private final HippoContext context;
    private final String process = UUID.randomUUID().toString();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final DeliveryMeters meters;
    private boolean hasWritten;
    private volatile String waitsFor = "";
    private volatile @Nullable Database database;
    private volatile @Nullable TopicFeed feed;
    private @Nullable Delivery delivery;
    private @Nullable Thread thread;

    public DestinationService(HippoContext context) {
        this.context = context;
        this.meters = new DeliveryMeters(context.meters(), context.clock());
        context.details(() ->
                JsonNodeFactory.instance.objectNode().put("waitsFor", waitsFor).put("lagSeconds", meters.longLag()));
    }

    @Override
    public void start() throws Exception {
        try {
            // what only a person can mend is told at once
            open();
        } catch (DatabaseAway | KafkaUnavailable e) {
            close();
            waitsFor = String.valueOf(e.getMessage());
            log.warn("Waits: {}", e.getMessage());
        }
        Thread running = new Thread(this::run, "destination");
        thread = running;
        running.start();
    }

    private void open() throws DatabaseAway, KafkaUnavailable, HippoFailure {
        Database opened = Database.open(context, process, hasWritten);
        database = opened;
        hasWritten = true;
        TopicFeed reading = TopicFeed.open(context, context.hippo().subscribe(), opened.stored());
        feed = reading;
        delivery = context.hippo().settings(Destination.class).whole()
                ? new WholeDelivery(opened, reading, context.hippo().subscribe().get(0), meters)
                : new LatestRowsDelivery(opened, reading, meters);
        log.info("Opened tables={} offsets={}", opened.tables().keySet(), opened.stored());
    }

    private void run() {
        try {
            Duration pause = FIRST_PAUSE;
            while (stopped.getCount() > 0) {
                try {
                    if (delivery == null) {
                        open();
                    }
                    while (stopped.getCount() > 0) {
                        step();
                        waitsFor = "";
                        pause = FIRST_PAUSE;
                    }
                } catch (DatabaseAway | KafkaUnavailable e) {
                    close();
                    meters.forget();
                    waitsFor = String.valueOf(e.getMessage());
                    log.warn("Goes on in {} s: {}", pause.toSeconds(), e.getMessage());
                    stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // an error too: a process without its writer must not look alive
            if (stopped.getCount() > 0) {
                context.fail(e);
            }
        } finally {
            close();
        }
    }

    private void step() throws DatabaseAway, KafkaUnavailable, HippoFailure {
        Delivery now = delivery;
        if (now == null) {
            throw new IllegalStateException("not open");
        }
        int brought = now.step();
        context.progress().in(brought);
        context.progress().out(brought);
        context.progress().position(now.position());
        context.progress().lag(now.lag());
    }

    private void close() {
        TopicFeed reading = feed;
        Database writing = database;
        delivery = null;
        feed = null;
        database = null;
        if (reading != null) {
            reading.close();
        }
        if (writing != null) {
            writing.close();
        }
    }

    @Override
    public void stop() throws Exception {
        stopped.countDown();
        TopicFeed reading = feed;
        Database writing = database;
        if (reading != null) {
            reading.wakeUp();
        }
        Thread running = thread;
        if (running == null) {
            close();
            return;
        }
        running.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        if (running.isAlive() && writing != null) {
            // what it had begun is rolled back, and done by the next process
            writing.abort();
            running.join(TimeUnit.SECONDS.toMillis(ABORTED_SECONDS));
        }
    }
}
