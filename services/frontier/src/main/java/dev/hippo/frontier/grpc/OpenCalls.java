// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The calls that would stay open for ever if nobody told them that the door closes. Thread-safe. */
public final class OpenCalls {
    /** A call that can be told to take nothing more and to end once it has answered what it took. */
    interface Drainable {
        void drain();
    }

    private final Set<Drainable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    void opened(Drainable call) {
        open.add(call);
        if (draining) {
            call.drain();
        }
    }

    void ended(Drainable call) {
        open.remove(call);
    }

    /** Tells every open call, and every later one, to end. */
    public void drain() {
        draining = true;
        open.forEach(Drainable::drain);
    }
}
