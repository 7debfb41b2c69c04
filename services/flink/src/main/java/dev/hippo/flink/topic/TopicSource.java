// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.util.Arrays;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic as a table: committed records only, watermarks per partition, and only the columns that the query uses. A changelog topic gives upserts, and deletions for
 * null values.
 */
final class TopicSource implements ScanTableSource, SupportsProjectionPushDown, SupportsWatermarkPushDown {
    private final TopicBinding binding;
    private DataType type;
    private @Nullable WatermarkStrategy<RowData> watermarks;

    TopicSource(TopicBinding binding, DataType type) {
        this.binding = binding;
        this.type = type;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return binding.changelog() ? ChangelogMode.upsert() : ChangelogMode.insertOnly();
    }

    @Override
    public boolean supportsNestedProjection() {
        return false;
    }

    @Override
    public void applyProjection(int[][] projectedFields, DataType producedDataType) {
        type = producedDataType;
    }

    @Override
    public void applyWatermark(WatermarkStrategy<RowData> watermarkStrategy) {
        watermarks = watermarkStrategy;
    }

    @Override
    @SuppressWarnings("deprecation") // the connector asks for Kafka's old enum, and has no other way
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        TypeInformation<RowData> produced = context.createTypeInformation(type);
        RowType row = (RowType) type.getLogicalType();
        RecordDecoder decoder = new RecordDecoder(binding, row.getFieldNames(), produced);
        KafkaSource<RowData> kafka = KafkaSource.<RowData>builder()
                .setTopics(binding.topic())
                .setGroupId(binding.step())
                .setProperties(binding.clientProperties())
                .setProperty("isolation.level", "read_committed")
                .setProperty("commit.offsets.on.checkpoint", "true")
                // topics do not gain partitions by themselves here; without this the source asks for ever
                .setProperty("partition.discovery.interval.ms", "60000")
                .setStartingOffsets(
                        switch (binding.start()) {
                            case EARLIEST -> OffsetsInitializer.earliest();
                            case COMMITTED ->
                                OffsetsInitializer.committedOffsets(
                                        org.apache.kafka.clients.consumer.OffsetResetStrategy.EARLIEST);
                        })
                .setDeserializer(decoder)
                .build();
        RecordSource source = new RecordSource(kafka, decoder);
        WatermarkStrategy<RowData> strategy = watermarks == null
                ? WatermarkStrategy.noWatermarks()
                : new IdleWhenCaughtUp(watermarks, binding.step(), binding.topic());
        return new DataStreamScanProvider() {
            @Override
            public DataStream<RowData> produceDataStream(
                    ProviderContext provider, StreamExecutionEnvironment environment) {
                DataStreamSource<RowData> stream = environment.fromSource(source, strategy, "topic " + binding.topic());
                provider.generateUid("topic").ifPresent(stream::uid);
                return stream;
            }

            @Override
            public boolean isBounded() {
                return false;
            }
        };
    }

    @Override
    public DynamicTableSource copy() {
        TopicSource copy = new TopicSource(binding, type);
        copy.watermarks = watermarks;
        return copy;
    }

    @Override
    public String asSummaryString() {
        return "topic " + binding.topic()
                + Arrays.toString(
                        ((RowType) type.getLogicalType()).getFieldNames().toArray());
    }
}
