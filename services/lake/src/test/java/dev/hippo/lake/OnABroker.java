// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a broker for all of their class and a folder for each. */
abstract class OnABroker {
    /** What {@link #orders} are. */
    static final String ORDERS = """
            syntax = "proto3";
            package shop.v1;
            message Order { string id = 1; int64 cents = 2; }
            """;

    @TempDir
    static Path shared;

    static EmbeddedBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("kafka"), 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** Orders o1, o2 and so on, as many cents each as its number. */
    static List<String> orders(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"id\": \"o" + i + "\", \"cents\": " + i + "}")
                .toList();
    }
}
