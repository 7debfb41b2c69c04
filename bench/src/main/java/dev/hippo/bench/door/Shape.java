// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.door;

import java.time.Duration;

/** One way of sending events, which can be run again and again. Confined to one thread. */
interface Shape extends AutoCloseable {
    String name();

    /** Sends as fast as it is answered for that time. */
    Measured.Result run(Duration time) throws InterruptedException;

    @Override
    default void close() {}
}
