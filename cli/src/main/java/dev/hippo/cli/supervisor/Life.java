// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import java.util.EnumMap;
import java.util.Map;

/** The life cycle of one supervised process: which event leads from which state to which. */
public final class Life {
    /** Where a process is in its life. */
    public enum State {
        /** Not running, and nobody wants it to. */
        SLEEP,
        /** Launched; has not said that it is ready. */
        STARTING,
        RUNNING,
        /** Died; will be launched again. */
        RETRYING,
        /** Died too often; a person must act. */
        DEAD,
        STOPPING,
        /** Ended itself because another process has its place; launched again only when it is given back. */
        FENCED
    }

    /** What happens to a process. */
    public enum Event {
        LAUNCHED,
        /** An orphan of an earlier supervisor was taken over. */
        ADOPTED,
        /** Lives and waits for something that is no fault of it. */
        WAITING,
        READY,
        EXITED,
        GAVE_UP,
        /** Exited because another process has its place. */
        SUPERSEDED,
        STOP_ASKED
    }

    private static final Map<State, Map<Event, State>> TABLE = new EnumMap<>(State.class);

    static {
        allow(State.SLEEP, Event.LAUNCHED, State.STARTING);
        allow(State.SLEEP, Event.ADOPTED, State.RUNNING);
        allow(State.STARTING, Event.WAITING, State.STARTING);
        allow(State.STARTING, Event.READY, State.RUNNING);
        allow(State.STARTING, Event.EXITED, State.RETRYING);
        allow(State.RUNNING, Event.EXITED, State.RETRYING);
        allow(State.RETRYING, Event.LAUNCHED, State.STARTING);
        allow(State.RETRYING, Event.GAVE_UP, State.DEAD);
        allow(State.STARTING, Event.SUPERSEDED, State.FENCED);
        allow(State.RUNNING, Event.SUPERSEDED, State.FENCED);
        allow(State.STOPPING, Event.SUPERSEDED, State.FENCED);
        allow(State.DEAD, Event.LAUNCHED, State.STARTING);
        allow(State.FENCED, Event.LAUNCHED, State.STARTING);
        allow(State.FENCED, Event.STOP_ASKED, State.SLEEP);
        allow(State.STARTING, Event.STOP_ASKED, State.STOPPING);
        allow(State.RUNNING, Event.STOP_ASKED, State.STOPPING);
        allow(State.RETRYING, Event.STOP_ASKED, State.SLEEP);
        allow(State.DEAD, Event.STOP_ASKED, State.SLEEP);
        allow(State.STOPPING, Event.EXITED, State.SLEEP);
    }

    private Life() {}

    private static void allow(State from, Event event, State to) {
        TABLE.computeIfAbsent(from, s -> new EnumMap<>(Event.class)).put(event, to);
    }

    /**
     * The state after an event.
     *
     * @throws IllegalStateException if the event cannot happen in that state
     */
    public static State after(State from, Event event) {
        State to = TABLE.getOrDefault(from, Map.of()).get(event);
        if (to == null) {
            throw new IllegalStateException("a process that is " + from + " cannot be " + event);
        }
        return to;
    }
}
