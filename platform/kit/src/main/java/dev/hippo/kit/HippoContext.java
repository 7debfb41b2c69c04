// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** All that a hippo's work is given: what the file says, where Kafka and the state are, and where to tell what it does. Thread-safe. */
public final class HippoContext {
    private final PipelineSpec pipeline;
    private final HippoSpec hippo;
    private final StateFolder state;
    private final ContractCatalog contracts;
    private final KafkaConnection kafka;
    private final InstantSource clock;
    private final Progress progress = new Progress();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    public HippoContext(
            PipelineSpec pipeline,
            HippoSpec hippo,
            StateFolder state,
            ContractCatalog contracts,
            KafkaConnection kafka,
            InstantSource clock) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.state = state;
        this.contracts = contracts;
        this.kafka = kafka;
        this.clock = clock;
    }

    public PipelineSpec pipeline() {
        return pipeline;
    }

    public HippoSpec hippo() {
        return hippo;
    }

    public StateFolder state() {
        return state;
    }

    public ContractCatalog contracts() {
        return contracts;
    }

    public KafkaConnection kafka() {
        return kafka;
    }

    public InstantSource clock() {
        return clock;
    }

    public Progress progress() {
        return progress;
    }

    /** Where the service registers further metrics; each name begins with {@code hippo_}. */
    public PrometheusMeterRegistry meters() {
        return meters;
    }

    /** Says that the work cannot go on. The process stops the service, writes the reason to its log and exits with 1. */
    public void fail(Throwable reason) {
        failure.complete(reason);
    }

    /** Completes when {@link #fail} was called. */
    CompletableFuture<Throwable> failure() {
        return failure;
    }

    /** The body of {@code GET /metrics}, in Prometheus' text format. */
    public String metricsText() {
        return meters.scrape();
    }
}
