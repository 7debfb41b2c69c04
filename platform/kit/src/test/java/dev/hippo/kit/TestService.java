// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A hippo whose work is to count, run as a process by the tests. The environment's {@code TEST_START} tells it what to do. */
final class TestService implements HippoService {
    private final HippoContext context;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor();

    TestService(HippoContext context) {
        this.context = context;
    }

    public static void main(String[] args) {
        HippoProcess.run(args, TestService::new);
    }

    @Override
    public void start() throws Exception {
        String how = System.getenv().getOrDefault("TEST_START", "");
        switch (how) {
            case "refuse", "refuse and stick" -> throw new HippoFailure("the well is dry; dig deeper");
            case "break" -> {
                worker.submit(() -> {}).get();
                throw new NoClassDefFoundError("dev/well/Bucket");
            }
            case "fail", "fail and stick", "fail and hang" ->
                context.fail(new IllegalStateException("the well fell in"));
            case "work" -> worker.scheduleAtFixedRate(this::work, 0, 20, TimeUnit.MILLISECONDS);
            default -> context.progress().in(3);
        }
    }

    /** Every second bucket is good, until a file {@code fail} lies in the pipeline's folder. */
    private void work() {
        if (Files.exists(context.pipeline().folder().resolve("fail"))) {
            context.fail(new IllegalStateException("the well fell in"));
        }
        context.progress().in(2);
        context.progress().out(1);
        context.progress().rejected(1);
        context.progress().lag(7);
        context.progress().position("buckets/0@" + context.progress().in());
    }

    @Override
    public void stop() throws Exception {
        String how = System.getenv().getOrDefault("TEST_START", "");
        if (how.endsWith("stick")) {
            throw new IllegalStateException("the rope is stuck");
        }
        if (how.endsWith("hang")) {
            new CountDownLatch(1).await();
        }
        if (how.equals("break")) {
            return;
        }
        worker.shutdownNow();
        context.progress().position("stopped");
    }
}
