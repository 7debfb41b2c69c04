// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.capture.log.Reading;
import dev.hippo.capture.log.SourceLag;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.wire.KafkaUnavailable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a database's log into Kafka; a database that is away for a while is waited for. */
final class CaptureService implements HippoService {
    private static final Logger log = LoggerFactory.getLogger(CaptureService.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 4;

    private final HippoContext context;
    private final boolean isPull;
    private final Duration longestPause;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable Reading reading;
    private volatile @Nullable Reading failed;
    private volatile String waitsFor = "";
    private @Nullable Thread thread;

    CaptureService(HippoContext context) {
        this.context = context;
        Capture.Pull pull = context.hippo().settings(Capture.class).pull();
        this.isPull = pull != null;
        this.longestPause = pull != null && pull.every().compareTo(LONGEST_PAUSE) > 0 ? pull.every() : LONGEST_PAUSE;
        context.meters()
                .gauge(
                        "hippo.capture.retained.bytes",
                        this,
                        service -> service.lag().retained());
        context.meters()
                .gauge(
                        "hippo.capture.behind.bytes",
                        this,
                        service -> service.lag().bytes());
        context.meters()
                .gauge(
                        "hippo.capture.behind.seconds",
                        this,
                        service -> service.lag().seconds());
        context.details(this::details);
    }

    /** Whether the reading that is under way has brought anything to Kafka. */
    private boolean hasStored() {
        Reading now = reading;
        return now != null && now != failed && now.hasStored();
    }

    private SourceLag lag() {
        Reading now = reading;
        return now == null ? SourceLag.UNKNOWN : now.lag();
    }

    private ObjectNode details() {
        SourceLag lag = lag();
        ObjectNode details = JsonNodeFactory.instance
                .objectNode()
                .put("behindBytes", lag.bytes())
                .put("behindSeconds", lag.seconds())
                .put("retainedBytes", lag.retained())
                .put("waitsFor", waitsFor());
        Reading now = reading;
        if (now != null) {
            now.committedAt().ifPresent(at -> details.put("committedAt", at.toString()));
        }
        return details;
    }

    /** What keeps it from reading; of a scan that broke off until one has ended whole. */
    private String waitsFor() {
        return isPull && hasStored() ? "" : waitsFor;
    }

    @Override
    public void start() throws Exception {
        try {
            // what only a person can mend is told at once
            open().close();
        } catch (SourceFailure e) {
            if (e.kind() != SourceFailure.Kind.PASSING) {
                throw new HippoFailure(String.valueOf(e.getMessage()), e);
            }
            waitsFor = String.valueOf(e.getMessage());
            log.warn("Waits for the database: {}", e.getMessage());
        }
        Thread running = new Thread(this::run, "capture");
        thread = running;
        running.start();
    }

    private Reading open() throws SourceFailure, KafkaUnavailable, HippoFailure, InterruptedException {
        TopicContracts contracts = TopicContracts.of(context);
        return Reading.open(context, contracts.filtered(Sources.of(context, contracts)), contracts);
    }

    private void run() {
        try {
            Duration pause = FIRST_PAUSE;
            while (stopped.getCount() > 0) {
                try (Reading now = open()) {
                    reading = now;
                    if (!isPull) {
                        waitsFor = "";
                        pause = FIRST_PAUSE;
                    }
                    now.run();
                } catch (SourceFailure e) {
                    if (e.kind() != SourceFailure.Kind.PASSING) {
                        throw new HippoFailure(String.valueOf(e.getMessage()), e);
                    }
                    // a scan that breaks off again and again is repeated ever more rarely
                    pause = isPull && hasStored() ? FIRST_PAUSE : pause;
                    waitsFor = String.valueOf(e.getMessage());
                    failed = reading;
                    log.warn("Reads again in {} s: {}", pause.toSeconds(), e.getMessage());
                    stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
                    pause = pause.multipliedBy(2).compareTo(longestPause) < 0 ? pause.multipliedBy(2) : longestPause;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // an error too: a process that does not capture must not look alive
            context.fail(e);
        }
    }

    @Override
    public void stop() throws Exception {
        stopped.countDown();
        Reading now = reading;
        if (now != null) {
            now.stop();
        }
        if (thread != null) {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        }
    }
}
