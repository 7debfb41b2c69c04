// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.replay;

import dev.hippo.wire.replay.TopicRange.Span;
import java.util.HashMap;
import java.util.Map;

/**
 * How far a replay has come.
 *
 * @param shards by partition of the topic
 */
public record ReplayProgress(Map<Integer, Shard> shards) {
    /**
     * One partition.
     *
     * @param span what was asked for
     * @param at the offset of the next record
     * @param copied records so far
     */
    public record Shard(Span span, long at, long copied) {
        /** What stands beside the offset in Kafka. */
        String text() {
            return span.from() + ";" + span.to() + ";" + copied;
        }

        static Shard parse(long at, String text) {
            String[] parts = text.split(";", -1);
            return new Shard(
                    new Span(Long.parseLong(parts[0]), Long.parseLong(parts[1])), at, Long.parseLong(parts[2]));
        }
    }

    public ReplayProgress {
        shards = Map.copyOf(shards);
    }

    static ReplayProgress begin(TopicRange range) {
        Map<Integer, Shard> shards = new HashMap<>();
        range.spans().forEach((shard, span) -> shards.put(shard, new Shard(span, span.from(), 0)));
        return new ReplayProgress(shards);
    }

    /** The same after some records. */
    ReplayProgress with(Map<Integer, Long> reached, Map<Integer, Long> copied) {
        Map<Integer, Shard> next = new HashMap<>(shards);
        reached.forEach((shard, at) -> next.computeIfPresent(
                shard,
                (number, before) -> new Shard(before.span(), at, before.copied() + copied.getOrDefault(shard, 0L))));
        return new ReplayProgress(next);
    }

    boolean isEmpty() {
        return shards.isEmpty();
    }

    /** Whether all of it is done. */
    public boolean isComplete() {
        return shards.values().stream()
                .allMatch(shard -> shard.at() >= shard.span().to());
    }

    /** Records that are copied. */
    public long copied() {
        return shards.values().stream().mapToLong(Shard::copied).sum();
    }

    TopicRange range(String topic) {
        Map<Integer, Span> spans = new HashMap<>();
        shards.forEach((shard, progress) -> spans.put(shard, progress.span()));
        return new TopicRange(topic, spans);
    }

    Map<Integer, Long> positions() {
        Map<Integer, Long> positions = new HashMap<>();
        shards.forEach((shard, progress) -> positions.put(shard, progress.at()));
        return positions;
    }
}
