// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts missions as messages come, and tells how they end. */
final class BatchService implements HippoService {
    private static final long STOP_SECONDS = 4;

    private final HippoContext context;
    private @Nullable MissionLoop loop;
    private @Nullable Thread thread;

    BatchService(HippoContext context) {
        this.context = context;
    }

    @Override
    public void start() throws Exception {
        MissionLoop starting = new MissionLoop(context);
        loop = starting;
        starting.open();
        Thread running = new Thread(
                () -> {
                    try {
                        starting.run();
                    } catch (Exception e) {
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
            stopping.close();
        }
    }
}
