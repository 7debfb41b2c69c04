// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.snapshot;

import dev.hippo.wire.snapshot.SnapshotProgress.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the topic of positions tells of a capture's orders. Not thread-safe. */
public final class SnapshotBook {
    private final String prefix;
    private final Map<String, SnapshotOrder> orders = new LinkedHashMap<>();
    private final Map<String, SnapshotProgress> progress = new LinkedHashMap<>();

    public SnapshotBook(String pipeline, String hippo) {
        this.prefix = prefix(pipeline, hippo);
    }

    static String prefix(String pipeline, String hippo) {
        return pipeline + "/" + hippo + "/snapshot/";
    }

    /**
     * Takes note of a record; one that is about something else is passed over.
     *
     * @param andProgress whether it may be progress too, or only an order
     * @throws IOException if it is an order or its progress and cannot be read
     */
    public void take(ConsumerRecord<byte[], byte[]> entry, boolean andProgress) throws IOException {
        if (entry.key() == null) {
            return;
        }
        String key = new String(entry.key(), StandardCharsets.UTF_8);
        if (!key.startsWith(prefix)) {
            return;
        }
        if (key.endsWith(SnapshotOrder.SUFFIX)) {
            String table = table(key, SnapshotOrder.SUFFIX);
            orders.remove(table);
            if (entry.value() != null) {
                orders.put(table, SnapshotOrder.fromBytes(entry.value()));
            }
        } else if (andProgress && key.endsWith(SnapshotProgress.SUFFIX) && entry.value() != null) {
            progress.put(table(key, SnapshotProgress.SUFFIX), SnapshotProgress.fromBytes(entry.value()));
        }
    }

    private String table(String key, String suffix) {
        return key.substring(prefix.length(), key.length() - suffix.length());
    }

    /** Takes note of what will be in the topic. */
    public void take(SnapshotProgress made) {
        progress.put(made.table(), made);
    }

    /** The orders that were given and not taken back, one for a table. */
    public Collection<SnapshotOrder> orders() {
        return List.copyOf(orders.values());
    }

    /** How far an order is carried out. */
    public SnapshotProgress progress(SnapshotOrder order) {
        SnapshotProgress known = progress.get(order.table());
        return known != null && known.order().equals(order.id()) ? known : SnapshotProgress.none(order);
    }

    /** The order to go on with: the oldest that has not ended. */
    public Optional<SnapshotOrder> due() {
        return orders.values().stream()
                .filter(order -> progress(order).state() == State.RUNNING)
                .min(Comparator.comparing(SnapshotOrder::at));
    }
}
