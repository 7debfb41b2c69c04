// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.backfill;

import dev.hippo.doctor.feed.Orders;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.doctor.store.HistoryReader.Known;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.ShortId;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionCommand.Action;
import dev.hippo.wire.mission.PartitionValues;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Missions of one hippo for many partitions. A mission's id follows from the hippo and the partition, so that the same backfill again starts nothing that it
 * has started before, also when the first was broken off or has not been heard of yet.
 */
public final class Backfill {
    private final String pipeline;
    private final String hippo;
    private final Map<String, String> parameters;
    private final String again;

    /**
     * One partition.
     *
     * @param mission the one that exists, or that is started
     * @param status of the one that exists; {@code new} for one that is started
     */
    public record Item(PartitionValues partition, String mission, String status) {
        /** Whether a mission is started for it. */
        public boolean isNew() {
            return status.equals("new");
        }
    }

    /** @param again empty, or a word that no backfill had before: then partitions that have a mission get another */
    public Backfill(String pipeline, String hippo, Map<String, String> parameters, String again) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.parameters = Map.copyOf(parameters);
        this.again = again;
    }

    /** What there is, and what there is to start. */
    public List<Item> plan(List<PartitionValues> partitions, HistoryReader history) throws SQLException {
        List<Item> items = new ArrayList<>();
        for (PartitionValues partition : partitions) {
            Optional<Known> known = again.isEmpty() ? history.latest(hippo, partition.values()) : Optional.empty();
            items.add(
                    known.isPresent()
                            ? new Item(
                                    partition,
                                    known.get().mission(),
                                    known.get().status())
                            : new Item(partition, id(partition), "new"));
        }
        return items;
    }

    private String id(PartitionValues partition) {
        return ShortId.of("backfill", pipeline, hippo, partition.values(), again);
    }

    /**
     * Orders what is new; returns when Kafka has all of it.
     *
     * @throws KafkaUnavailable if Kafka did not say that it has all; the same again orders the rest
     */
    public void start(List<Item> items, Orders orders) throws KafkaUnavailable {
        orders.send(items.stream()
                .filter(Item::isNew)
                .map(item -> new MissionCommand(
                        item.mission(), pipeline, hippo, Action.RUN, "", item.partition(), parameters))
                .toList());
    }
}
