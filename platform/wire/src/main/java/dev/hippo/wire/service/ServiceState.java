// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.service;

import java.util.Locale;

/** How a service is, as far as whoever says it knows. */
public enum ServiceState {
    /** Does not run, and shall not. */
    SLEEP,
    /** Launched; has not said that it is ready. */
    STARTING,
    RUNNING,
    /** Died or no longer answers; is started again. */
    RETRYING,
    /** Given up; a person must act. */
    DEAD,
    STOPPING,
    /** Ended itself because another process has its place. */
    FENCED,
    /** Nobody who could know has been heard of for too long. */
    UNKNOWN;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads what was written; {@link #UNKNOWN} for any other word. */
    public static ServiceState of(String word) {
        for (ServiceState state : values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        return UNKNOWN;
    }
}
