// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts missions as messages come, and tells how they end. */
final class BatchService implements HippoService {
    private static final Logger log = LoggerFactory.getLogger(BatchService.class);
    private static final long STOP_SECONDS = 4;

    private final HippoContext context;
    private @Nullable MissionLoop loop;
    /** Whether Kafka could not be reached or the like: the jobs go on without this process, and the next one takes them over. */
    private volatile boolean jobsGoOn;

    private @Nullable Thread thread;

    BatchService(HippoContext context) {
        this.context = context;
    }

    @Override
    public void start() throws Exception {
        MissionLoop starting = new MissionLoop(context);
        loop = starting;
        try {
            starting.open();
        } catch (FencedException e) {
            throw new HippoFailure(String.valueOf(e.getMessage()), e);
        }
        Thread running = new Thread(
                () -> {
                    try {
                        starting.run();
                    } catch (FencedException e) {
                        context.fail(new HippoFailure(String.valueOf(e.getMessage()), e));
                    } catch (Exception e) {
                        jobsGoOn = true;
                        context.fail(e);
                    }
                },
                "missions");
        thread = running;
        running.start();
    }

    @Override
    public void stop() throws Exception {
        MissionLoop stopping = loop;
        if (stopping == null) {
            return;
        }
        stopping.askToStop();
        if (thread != null) {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        }
        if (thread == null || !thread.isAlive()) {
            try {
                if (!jobsGoOn) {
                    stopping.stopJobs();
                }
            } catch (FencedException e) {
                log.info("What the jobs have left is the other process's to find out", e);
            } finally {
                stopping.close();
            }
        }
    }
}
