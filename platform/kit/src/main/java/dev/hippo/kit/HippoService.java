// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.util.OptionalInt;

/**
 * The work of one hippo. {@link HippoProcess} starts it, watches it and stops it; each method is called once, from one thread.
 */
public interface HippoService {
    /**
     * Starts the work and returns when it is ready. What goes on afterwards runs on threads that the service owns; when it
     * cannot go on it calls {@link HippoContext#fail}.
     *
     * @throws HippoFailure for what the user can mend: its message is all that is shown
     */
    void start() throws Exception;

    /**
     * The port on which the service itself answers {@code /health} and {@code /metrics} (from {@code HippoContext.healthJson()} and
     * {@link HippoContext#metricsText}); empty to have the kit listen for it. Asked after {@link #start}.
     */
    default OptionalInt httpPort() {
        return OptionalInt.empty();
    }

    /** Stops the work: takes nothing new, finishes what is under way, lets everything go. Also called after a failed start. */
    void stop() throws Exception;
}
