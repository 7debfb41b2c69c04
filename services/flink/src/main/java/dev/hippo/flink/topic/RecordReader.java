// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.table.data.RowData;

/** Flink's Kafka reader, which waits for the rejected records before it says how far it has read. Owned by one task. */
@SuppressWarnings("try") // Flink's own close() throws what it likes
final class RecordReader implements SourceReader<RowData, KafkaPartitionSplit> {
    private final SourceReader<RowData, KafkaPartitionSplit> kafka;
    private final RecordDecoder decoder;

    RecordReader(SourceReader<RowData, KafkaPartitionSplit> kafka, RecordDecoder decoder) {
        this.kafka = kafka;
        this.decoder = decoder;
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpoint) {
        try {
            decoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return kafka.snapshotState(checkpoint);
    }

    @Override
    public void start() {
        kafka.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<RowData> output) throws Exception {
        return kafka.pollNext(output);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return kafka.isAvailable();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        kafka.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
        kafka.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        kafka.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        kafka.notifyCheckpointComplete(checkpoint);
    }

    @Override
    public void notifyCheckpointAborted(long checkpoint) throws Exception {
        kafka.notifyCheckpointAborted(checkpoint);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
        kafka.pauseOrResumeSplits(pause, resume);
    }

    @Override
    public void close() throws Exception {
        decoder.close();
        kafka.close();
    }
}
