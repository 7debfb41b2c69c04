// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.Timestamp;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client's thread writes down of its progress for others to ask. Written by that thread only. */
final class ClientProgress {
    private static final double MEDIAN = 0.5;
    private static final double LONG = 0.99;

    private final InstantSource clock;
    private final RecentAges ages = new RecentAges();
    private volatile @Nullable Checkpoint checkpoint;
    private volatile @Nullable End end;
    /** The first record that has not been told. */
    private volatile long untold;

    /** Where the topic ended. */
    private record End(long offset, Instant at) {}

    ClientProgress(InstantSource clock) {
        this.clock = clock;
    }

    /** The client is the one of its group that is told, from here on. */
    void begins(Checkpoint from) {
        untold = from.offset();
        end = null;
        checkpoint = from;
    }

    /** Another one is told from now on. */
    void endsHere() {
        checkpoint = null;
        end = null;
    }

    /** The topic's end as Kafka says now. */
    void sees(long offset) {
        end = new End(offset, clock.instant());
    }

    /** What is before an offset has been told, or is to be told again from there. */
    void toldTo(long offset) {
        untold = offset;
    }

    void took(ChangeEvent change) {
        if (change.hasCommittedAt() && change.getOp() != Op.READ) {
            Timestamp at = change.getCommittedAt();
            long now = clock.millis();
            ages.add(now - at.getSeconds() * 1_000 - at.getNanos() / 1_000_000, now);
        }
    }

    void keeps(Checkpoint taken) {
        checkpoint = taken;
    }

    Optional<Checkpoint> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    Optional<ConsumerLag> lag() {
        End seen = end;
        if (seen == null) {
            return Optional.empty();
        }
        long now = clock.millis();
        return Optional.of(new ConsumerLag(
                Math.max(0, seen.offset() - untold),
                seen.at(),
                ages.percentile(MEDIAN, now),
                ages.percentile(LONG, now)));
    }
}
