// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeSource;
import java.io.IOException;
import java.util.Map;

/** A server with a table of orders whose changes its log tells. */
interface ChangedOrders extends AutoCloseable {
    String server();

    /** What stands in a pipeline file below {@code source}, but the reader. */
    String source();

    /** The connector's class and what it needs to know, by Debezium's names. */
    Map<String, String> connector();

    /** Our own reader of it. */
    ChangeSource open(Contracts contracts);

    /** What a bare loop over the log is called. */
    String bareLoop();

    /**
     * Makes changes: seven in ten are new rows, a hundred are a transaction.
     *
     * @param before how many were made by now
     */
    void load(int before, int changes) throws Exception;

    /** One change of a row that no load makes. */
    void single(int number) throws Exception;

    /** Reads the changes of the last load by the driver's own means, and does nothing with them. */
    Cost readBare(int changes) throws Exception;

    @Override
    void close() throws IOException;
}
