// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.kit.Whereabouts;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.util.Set;

/**
 * The hands on a host: which of the pipeline's services are theirs.
 *
 * @param name one of its kind in the pipeline
 * @param labels what the host has, for services that ask for it
 * @param duty which services it runs
 * @param doctor whether it runs a Doctor too
 * @param instance tells two agents of the same name apart
 */
public record Agent(String name, Set<String> labels, Duty duty, boolean doctor, String instance) {
    /** Which services an agent runs. */
    public enum Duty {
        /** Every one, from its start on: {@code hippo up}. */
        ALL,
        /** Those that a Doctor gives it. */
        ASSIGNED
    }

    public Agent {
        labels = Set.copyOf(labels);
    }

    /** The agent of {@code hippo up}: the same for the same host and state folder. */
    public static Agent ofEverything(StateFolder state, boolean doctor) throws IOException {
        return new Agent(Whereabouts.shortName(state), Set.of(), Duty.ALL, doctor, Whereabouts.of(state));
    }

    /** An agent that waits for a Doctor's word. */
    public static Agent named(String name, Set<String> labels, boolean doctor, StateFolder state) throws IOException {
        return new Agent(name, labels, Duty.ASSIGNED, doctor, Whereabouts.of(state));
    }

    /** The service under which this agent writes down that it has its name. */
    String registration() {
        return registration(name);
    }

    /** The service under which an agent writes down, with its instance, that it has its name. */
    public static String registration(String agent) {
        return "agent/" + agent;
    }
}
