// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where a mission is. The last three are final: a mission gets exactly one of them. */
public enum MissionStatus {
    /** Accepted; waits for its turn. */
    QUEUED,
    /** An attempt runs. */
    RUNNING,
    /** An attempt has failed; the next one waits for its time. */
    RETRYING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether nothing follows. */
    public boolean isFinal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    /** As messages and command lines have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words. */
    public static List<String> words() {
        return Arrays.stream(values()).map(MissionStatus::word).toList();
    }
}
