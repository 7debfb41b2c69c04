// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.contracts;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.ThreadMXBean;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.contracts.RuleChecker;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Measures the checking of one event on one thread, all ways in turns in the same run, and prints a Markdown table of medians. Arguments:
 * milliseconds per run (400), rounds that count (7).
 */
public final class CheckerBench {
    private static final int WARM_UP_ROUNDS = 4;
    private static final int EVENTS = 4_096;
    private static final String REFERENCE = "DynamicMessage + protovalidate";
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private CheckerBench() {}

    /** One way of looking at an event; true when the event is valid. */
    private interface Way {
        boolean valid(byte[] event) throws InvalidProtocolBufferException, ValidationException;
    }

    /** A way, the events that it gets, and how many of them are valid. */
    private record Subject(String what, String name, Way way, List<byte[]> events, int valid) {}

    private record Cost(double nanos, double bytes) {}

    public static void main(String[] args) throws Exception {
        long runNanos = (args.length > 0 ? Long.parseLong(args[0]) : 400) * 1_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
        ContractCatalog catalog = catalog();
        List<Subject> subjects = new ArrayList<>();
        Orders orders = new Orders(new Random(7));
        for (String name : List.of("bench.v1.Order", "bench.v1.Basket")) {
            Contract contract = catalog.contract(name).orElseThrow();
            boolean basket = name.endsWith("Basket");
            List<byte[]> events = orders.make(EVENTS, basket, 0);
            add(subjects, contract, name.substring(9) + " of " + size(events) + " B, valid", events, EVENTS);
            if (!basket) {
                List<byte[]> mixed = orders.make(EVENTS, false, 100);
                add(subjects, contract, "Order, 1 in 100 invalid", mixed, EVENTS - EVENTS / 100);
            }
        }
        Map<Subject, List<Cost>> costs = new LinkedHashMap<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            for (Subject subject : subjects) {
                Cost cost = run(subject, runNanos);
                if (round >= 0) {
                    costs.computeIfAbsent(subject, s -> new ArrayList<>()).add(cost);
                }
            }
        }
        System.out.println("| event | way | ns/event | times as fast as protovalidate | B allocated/event |");
        System.out.println("| --- | --- | ---: | ---: | ---: |");
        costs.forEach((subject, all) -> System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.0f | %.1f | %.0f |%n",
                subject.what(),
                subject.name(),
                median(all.stream().map(Cost::nanos).toList()),
                median(costs.entrySet().stream()
                                .filter(other -> other.getKey().what().equals(subject.what())
                                        && other.getKey().name().equals(REFERENCE))
                                .flatMap(other -> other.getValue().stream())
                                .map(Cost::nanos)
                                .toList())
                        / median(all.stream().map(Cost::nanos).toList()),
                median(all.stream().map(Cost::bytes).toList())));
    }

    private static void add(List<Subject> subjects, Contract contract, String what, List<byte[]> events, int valid)
            throws Exception {
        RuleChecker rules = contract.rules();
        Validator validator = ValidatorFactory.newBuilder().buildWithDescriptors(List.of(contract.descriptor()), true);
        subjects.add(new Subject(
                what, "compiled checker", event -> rules.check(event).isEmpty(), events, valid));
        subjects.add(new Subject(
                what,
                REFERENCE,
                event -> validator
                        .validate(DynamicMessage.parseFrom(contract.descriptor(), event))
                        .isSuccess(),
                events,
                valid));
        subjects.add(new Subject(
                what,
                "DynamicMessage alone",
                event -> DynamicMessage.parseFrom(contract.descriptor(), event) != null,
                events,
                events.size()));
    }

    private static Cost run(Subject subject, long runNanos) throws Exception {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        long end = start + runNanos;
        long checked = 0;
        while (System.nanoTime() < end) {
            int valid = 0;
            for (byte[] event : subject.events()) {
                valid += subject.way().valid(event) ? 1 : 0;
            }
            if (valid != subject.valid()) {
                throw new IllegalStateException(subject.what() + ", " + subject.name() + ": " + valid
                        + " valid events instead of " + subject.valid());
            }
            checked += subject.events().size();
        }
        double nanos = (double) (System.nanoTime() - start) / checked;
        return new Cost(nanos, (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / checked);
    }

    private static ContractCatalog catalog() throws Exception {
        Path folder = Files.createTempDirectory("checker-bench");
        Path file = folder.resolve("order.proto");
        try (InputStream text = CheckerBench.class.getResourceAsStream("order.proto")) {
            Files.copy(Objects.requireNonNull(text), file);
            return ContractCompiler.compile(folder);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static long size(List<byte[]> events) {
        return Math.round(
                events.stream().mapToInt(event -> event.length).average().orElse(0));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
