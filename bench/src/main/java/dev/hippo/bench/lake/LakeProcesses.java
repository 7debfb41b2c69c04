// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.lake;

import dev.hippo.bench.BenchPipeline;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A broker with a topic of rides, and the processes that land it. */
final class LakeProcesses implements AutoCloseable {
    private static final String CONTRACT = "bench.v1.Ride";
    static final String TOPIC = "rides";

    private final BenchPipeline pipeline;

    LakeProcesses(Path lib) throws Exception {
        pipeline = new BenchPipeline(LakeProcesses.class, lib, "rides.proto");
        pipeline.startKafka();
    }

    /** Fills the topic; answers the events' bytes. */
    long fill(long count) throws Exception {
        Contract contract = ContractCompiler.compile(pipeline.spec().contractsFolder())
                .contract(CONTRACT)
                .orElseThrow();
        return Rides.send(pipeline.kafka().clientProperties("bench"), TOPIC, contract, count);
    }

    String bootstrapServers() {
        return pipeline.bootstrapServers();
    }

    /** The lake writer, as {@code hippo up} starts it. */
    Process lake() throws IOException {
        return pipeline.hippo("lake", "rides-lake", "-Xmx768m", "-XX:+UseParallelGC");
    }

    Path lakeTable() {
        return Path.of(pipeline.state().location(pipeline.spec().table("rides")));
    }

    Process plainLoop() throws IOException {
        return pipeline.java(
                "plain",
                List.of("-Xmx768m", "-XX:+UseParallelGC", "-cp", System.getProperty("java.class.path")),
                "dev.hippo.bench.lake.PlainKernelLoop",
                bootstrapServers(),
                TOPIC,
                pipeline.spec().contractsFolder().toString(),
                CONTRACT,
                plainTable().toString(),
                Integer.toString(16 << 20));
    }

    Path plainTable() {
        return pipeline.file("plain-table");
    }

    @Override
    public void close() throws IOException {
        pipeline.close();
    }
}
