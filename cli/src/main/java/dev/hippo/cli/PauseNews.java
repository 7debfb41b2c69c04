// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.wire.mission.HippoControl;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells one who waits for a mission, once for each pause, that a pause holds it. Not thread-safe. */
final class PauseNews {
    private final String hippo;
    private @Nullable Instant since;
    private @Nullable Instant told;

    PauseNews(String hippo) {
        this.hippo = hippo;
    }

    /** What the hippo was told last. */
    void heard(HippoControl control) {
        since = control.paused() ? control.since() : null;
    }

    /**
     * What there is to say now, if it was not said before.
     *
     * @param runs whether the mission's attempt has begun, which a pause lets go on
     */
    Optional<String> news(boolean runs) {
        if (since == null || runs || since.equals(told)) {
            return Optional.empty();
        }
        told = since;
        return Optional.of("'" + hippo + "' is paused since " + MissionsCommand.time(since)
                + ": the mission waits until 'hippo rules resume " + hippo + "'");
    }
}
