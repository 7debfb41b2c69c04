// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import java.util.List;

/** The topics by which hippos speak of themselves, as JSON. */
public final class ControlTopics {
    /** A mission begins. */
    public static final String START = "hippo-start";
    /** A mission has ended, or a table has a new version. */
    public static final String FINISH = "hippo-finish";
    /** Heartbeats. */
    public static final String SERVICE_HEALTH = "service-health";

    /** The latest state of every mission, by key. */
    public static final String MISSIONS = "hippo-missions";
    /** What people ask of hippos. */
    public static final String COMMANDS = "hippo-commands";

    /** Which agent runs which service, the latest by key; its offsets are the epochs. */
    public static final String SERVICES = "hippo-services";
    /** What people should know of. */
    public static final String ALERTS = "hippo-alerts";

    private ControlTopics() {}

    /** All of them. */
    public static List<String> all() {
        return List.of(START, FINISH, SERVICE_HEALTH, MISSIONS, COMMANDS, SERVICES, ALERTS);
    }
}
