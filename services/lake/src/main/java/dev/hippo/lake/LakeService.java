// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lands one topic in one table. */
final class LakeService implements HippoService {
    private static final long STOP_SECONDS = 18;

    private final HippoContext context;
    private @Nullable LakeWriter writer;
    private @Nullable Thread thread;

    LakeService(HippoContext context) {
        this.context = context;
    }

    @Override
    public void start() throws Exception {
        if (context.hippo().subscribe().size() != 1 || context.hippo().write().size() != 1) {
            throw new HippoFailure(
                    "hippo '" + context.hippo().name() + "' must subscribe to one topic and write one table");
        }
        TopicSpec topic = context.pipeline().topic(context.hippo().subscribe().get(0));
        TableSpec table = context.pipeline().table(context.hippo().write().get(0));
        Contract contract = context.contracts()
                .contract(table.contract())
                .orElseThrow(() -> new HippoFailure("table '" + table.name() + "': contract '" + table.contract()
                        + "' is not in the contracts folder; "
                        + Suggestion.hint(table.contract(), context.contracts().names())));
        LakeWriter starting = new LakeWriter(context, topic, table, landing(context, topic, table, contract));
        writer = starting;
        starting.open();
        Thread running = new Thread(
                () -> {
                    try {
                        starting.run();
                    } catch (Throwable e) {
                        // an error too: a process without its writer must not look alive
                        context.fail(e);
                    }
                },
                "lake-writer");
        thread = running;
        running.start();
    }

    /** What becomes of the topic's records, as the pipeline file says. */
    static Landing landing(HippoContext context, TopicSpec topic, TableSpec table, Contract contract)
            throws HippoFailure {
        HippoSettings.Lake settings = context.hippo().settings(HippoSettings.Lake.class);
        try {
            if (settings.isHistory()) {
                return Landing.history(table, contract, settings.source());
            }
            return topic.changelog()
                    ? Landing.merging(topic, table, contract, Merge.LeafSize.STANDARD, context.clock())
                    : Landing.appending(table, contract);
        } catch (IllegalArgumentException e) {
            throw new HippoFailure("table '" + table.name() + "': " + e.getMessage(), e);
        }
    }

    @Override
    public void stop() throws InterruptedException {
        LakeWriter stopping = writer;
        if (stopping != null) {
            stopping.askToStop();
        }
        if (thread != null) {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        }
        if (stopping != null && (thread == null || !thread.isAlive())) {
            stopping.close();
        }
    }
}
