// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.snapshot.SnapshotBook;
import dev.hippo.wire.snapshot.SnapshotOrder;
import dev.hippo.wire.snapshot.SnapshotProgress;
import dev.hippo.wire.snapshot.SnapshotProgress.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Waits until an order to tell rows again is carried out. */
final class SnapshotWait {
    private static final Duration POLL = Duration.ofMillis(200);

    private final PipelineSpec pipeline;
    private final KafkaConnection kafka;
    private final CapturedTable captured;
    private final SnapshotOrder order;

    SnapshotWait(PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured, SnapshotOrder order) {
        this.pipeline = pipeline;
        this.kafka = kafka;
        this.captured = captured;
        this.order = order;
    }

    /** How it ended; a failure, or an end without it, is the user's to know. */
    SnapshotProgress untilDone() throws KafkaUnavailable, IOException {
        String hippo = captured.hippo().name();
        SnapshotBook book = new SnapshotBook(pipeline.name(), hippo);
        try (TopicReader reader =
                TopicReader.open(kafka, "hippo-snapshot-wait", Capture.positionsTopic(pipeline.name(), hippo))) {
            reader.start(Long.MAX_VALUE);
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    book.take(record, true);
                }
                SnapshotProgress progress = book.progress(order);
                if (progress.state() == State.DONE) {
                    return progress;
                }
                if (progress.state() == State.FAILED) {
                    throw new CommandFailure(ExitStatus.FAILED, progress.failure());
                }
                if (reader.atEnd() && book.orders().stream().noneMatch(order::equals)) {
                    throw new CommandFailure(
                            ExitStatus.FAILED,
                            "the order was taken back, or another was given for " + captured.table() + ", after "
                                    + String.format(Locale.ROOT, "%,d", progress.rows()) + " rows");
                }
            }
        }
    }
}
