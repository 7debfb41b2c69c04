// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** All that a hippo's work is given: what the file says, where Kafka and the state are, and where to tell what it does. Thread-safe. */
public final class HippoContext {
    private final PipelineSpec pipeline;
    private final HippoSpec hippo;
    private final StateFolder state;
    private final ContractCatalog contracts;
    private final KafkaConnection kafka;
    private final InstantSource clock;
    private final long epoch;
    private final Progress progress = new Progress();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private volatile Supplier<Vitals> vitals = this::starting;
    private volatile Supplier<ObjectNode> details = JsonNodeFactory.instance::objectNode;
    private volatile String instead = "";
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    public HippoContext(
            PipelineSpec pipeline,
            HippoSpec hippo,
            StateFolder state,
            ContractCatalog contracts,
            KafkaConnection kafka,
            InstantSource clock) {
        this(pipeline, hippo, state, contracts, kafka, clock, -1);
    }

    /** For a process that another may follow on another host. */
    HippoContext(
            PipelineSpec pipeline,
            HippoSpec hippo,
            StateFolder state,
            ContractCatalog contracts,
            KafkaConnection kafka,
            InstantSource clock,
            long epoch) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.state = state;
        this.contracts = contracts;
        this.kafka = kafka;
        this.clock = clock;
        this.epoch = epoch;
    }

    private Vitals starting() {
        Instant now = clock.instant();
        return new Vitals(
                hippo.name(),
                hippo.kind().word(),
                pipeline.name(),
                "starting",
                ProcessHandle.current().pid(),
                hippo.port(),
                now,
                "",
                0,
                0,
                0,
                0,
                0,
                0,
                now);
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

    /** The epoch of the assignment that this process was started for; -1 when there is none. */
    long epoch() {
        return epoch;
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

    /** Where {@link #healthJson} gets its answer; set once the heart beats. */
    void vitals(Supplier<Vitals> source) {
        vitals = source;
    }

    /**
     * Says what else {@code GET /health} tells of this service, under {@code details}.
     *
     * @param source asked for each answer, by any thread; has to answer at once
     */
    public void details(Supplier<ObjectNode> source) {
        details = source;
    }

    /** Says why the process runs with another pipeline file than there is now; empty if it does not. */
    void instead(String why) {
        instead = why;
    }

    /** Puts the counters of {@link #progress} among the metrics, and shows all of them by JMX too. */
    void registerMetrics() {
        MeterBeans.show(meters, pipeline.name(), hippo.name());
        meters.more().counter("hippo.events.in", List.of(), progress, Progress::in);
        meters.more().counter("hippo.events.out", List.of(), progress, Progress::out);
        meters.more().counter("hippo.events.rejected", List.of(), progress, Progress::rejected);
        meters.gauge("hippo.lag.events", progress, Progress::lag);
    }

    /** The body of {@code GET /health}: the {@link Vitals} and {@link #details} as JSON. */
    public String healthJson() {
        Vitals now = vitals.get();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", hippo.name())
                .put("kind", now.kind())
                .put("pipeline", now.pipeline())
                .put("state", now.state())
                .put("pid", now.pid())
                .put("port", now.port())
                .put("startedAt", now.startedAt().toString())
                .put("position", now.position())
                .put("in", now.in())
                .put("out", now.out())
                .put("rejected", now.rejected())
                .put("rateIn", now.rateIn())
                .put("rateOut", now.rateOut())
                .put("lag", now.lag())
                .put("lastProgress", now.lastProgress().toString());
        if (!instead.isEmpty()) {
            json.put("instead", instead);
        }
        ObjectNode more = details.get();
        if (!more.isEmpty()) {
            json.set("details", more);
        }
        return json.toString();
    }

    /** The body of {@code GET /metrics}, in Prometheus' text format. */
    public String metricsText() {
        return meters.scrape();
    }
}
