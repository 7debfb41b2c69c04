// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/** Writes a table's rows to a topic, exactly once: what a checkpoint covers becomes visible to readers of committed records when it completes. */
final class TopicSink implements DynamicTableSink {
    private static final String TRANSACTION_TIMEOUT_MILLIS = "600000";

    private final TopicBinding binding;
    private final DataType type;

    TopicSink(TopicBinding binding, DataType type) {
        this.binding = binding;
        this.type = type;
    }

    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        if (!binding.changelog()) {
            return ChangelogMode.insertOnly();
        }
        return ChangelogMode.newBuilder()
                .addContainedKind(RowKind.INSERT)
                .addContainedKind(RowKind.UPDATE_AFTER)
                .addContainedKind(RowKind.DELETE)
                .build();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        KafkaSink<RowData> sink = KafkaSink.<RowData>builder()
                .setKafkaProducerConfig(binding.clientProperties())
                .setProperty("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS)
                .setProperty("compression.type", "lz4")
                .setProperty("linger.ms", "5")
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(binding.transactions())
                .setRecordSerializer(new RecordEncoder(binding, (RowType) type.getLogicalType()))
                .build();
        return SinkV2Provider.of(sink);
    }

    @Override
    public DynamicTableSink copy() {
        return new TopicSink(binding, type);
    }

    @Override
    public String asSummaryString() {
        return "topic " + binding.topic();
    }
}
