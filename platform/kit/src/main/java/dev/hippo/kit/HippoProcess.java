// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractException;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one hippo as this process, from the pipeline file to the last metric. Exit statuses: 0 stopped as asked, 1 the work failed, 2 it could
 * not start for a reason that the user can mend, 3 the same hippo runs already, 4 another process has its place, 143 asked to stop and did not within 20 s, or not yet started. A
 * process whose work failed ends within 20 s too.
 */
public final class HippoProcess {
    private static final Logger log = LoggerFactory.getLogger(HippoProcess.class);
    /** The exit status of a process whose place another has. */
    public static final int FENCED = 4;

    private static final long STOP_SECONDS = 20;
    /** What a process may still do that has lost its place. */
    private static final long FENCED_STOP_SECONDS = 5;

    /** After so long it is told that Kafka is waited for. */
    private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(3);

    /** A pipeline file with which a process has run for so long is fit to run with. */
    private static final Duration PROVEN = Duration.ofSeconds(10);

    private static final ObjectMapper JSON = new ObjectMapper();

    private HippoProcess() {}

    /** Starts the work and returns never: the process ends with an exit status. */
    public static void run(String[] args, Function<HippoContext, HippoService> work) {
        int status;
        try {
            status = run(HippoArguments.parse(args), work, InstantSource.system());
        } catch (HippoFailure e) {
            log.error("Could not start: {}", e.getMessage());
            System.err.println(e.getMessage());
            status = 2;
        } catch (Throwable e) {
            // a class that is missing too: a main thread that only died would leave the others running
            log.error("Could not start", e);
            System.err.println("could not start: " + e);
            status = 1;
        }
        Runtime.getRuntime().halt(status);
    }

    private static int run(HippoArguments arguments, Function<HippoContext, HippoService> work, InstantSource clock)
            throws Exception {
        String name = arguments.hippo();
        if (name == null) {
            throw new HippoFailure("option --hippo is missing");
        }
        KeptPipeline kept = new KeptPipeline(arguments, name, starter());
        KeptPipeline.Chosen chosen = kept.choose();
        PipelineSpec pipeline = chosen.spec();
        HippoSpec hippo = hippo(pipeline, arguments.pipeline(), name);
        StateFolder state = arguments.state() == null ? StateFolder.of(pipeline) : new StateFolder(arguments.state());
        Path lockFile = state.run().resolve(hippo.name() + ".lock");
        Optional<ProcessLock> lock = ProcessLock.take(lockFile);
        if (lock.isEmpty()) {
            System.err.println("hippo '" + hippo.name() + "' runs already, as process " + ProcessLock.holder(lockFile));
            return 3;
        }
        ProcessLock held = lock.get();
        try {
            return run(chosen, kept, hippo, state, work, clock, arguments.epoch());
        } finally {
            held.close();
        }
    }

    private static int run(
            KeptPipeline.Chosen chosen,
            KeptPipeline kept,
            HippoSpec hippo,
            StateFolder state,
            Function<HippoContext, HippoService> work,
            InstantSource clock,
            long epoch)
            throws Exception {
        Instant startedAt = clock.instant();
        Files.createDirectories(state.logs());
        ServiceLog.toFile(state.logs().resolve(hippo.name() + ".log"));
        Path runFile = state.run().resolve(hippo.name() + ".json");
        Files.deleteIfExists(runFile);
        empty(state.temporary(hippo.name()));
        if (!chosen.instead().isEmpty()) {
            log.warn("Runs with the pipeline file that it has last run with, because: {}", chosen.instead());
        }
        PipelineSpec pipeline = chosen.spec();
        RememberedPort port = new RememberedPort(state.run().resolve(hippo.name() + ".port"));
        HippoContext context = new HippoContext(
                pipeline,
                port.choose(hippo),
                state,
                chosen.contracts(),
                KafkaConnection.of(pipeline, state),
                clock,
                epoch);
        try (EpochGuard guard =
                epoch < 0 ? null : new EpochGuard(context.kafka(), pipeline.name(), hippo.name(), epoch)) {
            if (guard != null) {
                awaitPlace(guard, context.kafka(), Waiting.file(state, hippo.name()));
                guard.superseded().whenComplete((by, fault) -> context.fail(fault == null ? by : fault));
            }
            context.instead(chosen.instead());
            return serve(context, work.apply(context), kept, port, runFile, startedAt);
        } catch (HippoFailure e) {
            kept.refuse(why(e));
            throw e;
        } catch (EpochGuard.Superseded e) {
            log.warn("Not started: {}", e.getMessage());
            System.err.println(e.getMessage());
            return FENCED;
        } finally {
            Files.deleteIfExists(runFile);
        }
    }

    /** Waits for Kafka as long as it takes, and says so: that it is away is no fault of this process. */
    private static void awaitPlace(EpochGuard guard, KafkaConnection kafka, Path waits)
            throws EpochGuard.Superseded, HippoFailure, InterruptedException, IOException {
        Files.deleteIfExists(waits);
        try {
            String told = "";
            while (!guard.awaitCurrent(KAFKA_PATIENCE)) {
                String what =
                        "waits for Kafka at " + kafka.bootstrapServers() + ", to see whether it still has its place"
                                + (guard.trouble().isEmpty() ? "" : ": " + guard.trouble());
                if (!what.equals(told)) {
                    new Waiting(ProcessHandle.current().pid(), what).write(waits);
                    told = what;
                }
            }
        } finally {
            Files.deleteIfExists(waits);
        }
    }

    private static int serve(
            HippoContext context,
            HippoService service,
            KeptPipeline kept,
            RememberedPort remembered,
            Path runFile,
            Instant startedAt)
            throws Exception {
        Thread main = Thread.currentThread();
        HttpPort http = null;
        try {
            service.start();
            if (service.httpPort().isEmpty()) {
                http = HttpPort.open(context.hippo().host(), context.hippo().port(), 2);
            }
        } catch (Throwable e) {
            try {
                service.stop();
            } catch (Exception further) {
                e.addSuppressed(further);
            }
            throw e;
        }
        int port = http == null ? service.httpPort().orElseThrow() : http.port();
        try (Heartbeat heartbeat = new Heartbeat(context, port, startedAt);
                GraphiteSender graphite = GraphiteSender.of(context)) {
            context.vitals(heartbeat::vitals);
            context.registerMetrics();
            if (graphite != null) {
                graphite.begin();
            }
            if (http != null) {
                http.answer("/health", "application/json", context::healthJson);
                http.answer("/metrics", "text/plain; version=0.0.4; charset=utf-8", context::metricsText);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(context, main), "stop"));
            remembered.remember(port);
            writeRunFile(context, port, startedAt, runFile);
            log.info("Running on port {}", port);
            Throwable reason = reason(context, kept);
            boolean asked = reason instanceof StopAsked;
            boolean fenced = reason instanceof EpochGuard.Superseded;
            if (asked) {
                log.info("Stopping, as asked");
            } else if (fenced) {
                log.warn("Stopping: {}", reason.getMessage());
                System.err.println(reason.getMessage());
            } else {
                log.error("The work cannot go on", reason);
                System.err.println(why(reason));
            }
            heartbeat.state(asked ? "stopping" : fenced ? "fenced" : "failed");
            if (!asked) {
                // nobody waits for this end, and what has failed may not stop either
                Thread limit = new Thread(
                        () -> endAnyway(main, fenced ? FENCED_STOP_SECONDS : STOP_SECONDS, fenced ? FENCED : 1),
                        "limit");
                limit.setDaemon(true);
                limit.start();
            }
            stop(service);
            heartbeat.last(asked ? "stopped" : fenced ? "fenced" : "failed", asked ? "" : why(reason));
            return asked ? 0 : fenced ? FENCED : 1;
        } finally {
            if (http != null) {
                http.close();
            }
        }
    }

    /** The supervisor or agent whose process this is: by its pid, and when it was started itself. */
    private static String starter() {
        return ProcessHandle.current()
                .parent()
                .map(parent -> parent.pid() + " of "
                        + parent.info().startInstant().map(Instant::toString).orElse("?"))
                .orElse("nobody");
    }

    /** Why the process is to end. What it has run with until then is kept for the next one, if that was long enough. */
    private static Throwable reason(HippoContext context, KeptPipeline kept) throws Exception {
        try {
            Throwable reason = context.failure().get(PROVEN.toSeconds(), TimeUnit.SECONDS);
            if (!(reason instanceof StopAsked || reason instanceof EpochGuard.Superseded)) {
                kept.refuse(why(reason));
            }
            return reason;
        } catch (TimeoutException e) {
            keep(kept);
            return context.failure().get();
        }
    }

    private static void keep(KeptPipeline kept) {
        try {
            kept.keep();
        } catch (IOException e) {
            log.warn("The pipeline file cannot be kept for a restart after it was spoilt: {}", e.toString());
        }
    }

    /** A service that cannot stop cleanly changes nothing of why it was to stop. */
    private static void stop(HippoService service) {
        try {
            service.stop();
            log.info("Stopped");
        } catch (Exception e) {
            log.warn("Did not stop cleanly", e);
        }
    }

    private static void endAnyway(Thread main, long seconds, int status) {
        awaitEnd(main, seconds);
        Runtime.getRuntime().halt(status);
    }

    private static String why(Throwable reason) {
        return reason instanceof HippoFailure || reason instanceof EpochGuard.Superseded
                ? String.valueOf(reason.getMessage())
                : reason.toString();
    }

    /** Holds the end of the process back until the main thread has stopped the work and ended the process itself, with its status. */
    private static void stopOnSignal(HippoContext context, Thread main) {
        context.fail(new StopAsked());
        awaitEnd(main, STOP_SECONDS);
    }

    private static void awaitEnd(Thread main, long seconds) {
        try {
            main.join(TimeUnit.SECONDS.toMillis(seconds));
            log.error("Did not stop within {} s; ending anyway", seconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the pipeline; its errors are told all together. */
    public static PipelineSpec pipeline(HippoArguments arguments) throws HippoFailure, IOException {
        PipelineReading reading = PipelineFile.read(arguments.pipeline(), arguments.profile(), System.getenv());
        PipelineSpec spec = reading.spec();
        if (spec == null) {
            throw new HippoFailure(String.join(
                    "\n", reading.findings().stream().map(Finding::toString).toList()));
        }
        return spec;
    }

    /** Compiles the contracts; their errors are told all together. */
    public static ContractCatalog contracts(PipelineSpec pipeline) throws HippoFailure, IOException {
        try {
            return pipeline.contracts();
        } catch (ContractException e) {
            throw new HippoFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static HippoSpec hippo(PipelineSpec pipeline, Path file, String name) throws HippoFailure {
        HippoSpec hippo = pipeline.hippos().get(name);
        if (hippo == null) {
            throw new HippoFailure("hippo '" + name + "' is not in " + file + "; "
                    + Suggestion.hint(name, pipeline.hippos().keySet()));
        }
        return hippo;
    }

    private static void empty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
    }

    private static void writeRunFile(HippoContext context, int port, Instant startedAt, Path file) throws IOException {
        ObjectNode run = JSON.createObjectNode()
                .put("name", context.hippo().name())
                .put("kind", context.hippo().kind().word())
                .put("pid", ProcessHandle.current().pid())
                .put("port", port)
                .put("startedAt", startedAt.toString());
        Path half = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(half, JSON.writeValueAsString(run));
        } catch (JsonProcessingException e) {
            throw new IOException(e);
        }
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Not a failure: somebody asked the process to stop. */
    private static final class StopAsked extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StopAsked() {
            super("asked to stop", null, false, false);
        }
    }
}
