// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.up;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One start of the pipeline.
 *
 * @param at when each step was reached, in seconds since the command was begun
 * @param cpu the processor seconds that each process had taken when everything was healthy
 */
record Start(Map<String, Double> at, Map<String, Double> cpu) {
    static final String HEALTHY = "all are healthy";
    private static final Pattern MOVE =
            Pattern.compile("\\d\\d:\\d\\d:\\d\\d  (\\S+) +(starting|running) +(?:pid (\\d+),)?.*");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(90);

    Start {
        at = Collections.unmodifiableMap(new LinkedHashMap<>(at));
        cpu = Collections.unmodifiableMap(new LinkedHashMap<>(cpu));
    }

    /** Brings the pipeline up and down again. */
    static Start of(Path state) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        ProcessBuilder command =
                new ProcessBuilder("./hippo", "up", "-f", "examples/flights", "--state", state.toString());
        command.environment().put("HIPPO_NO_BUILD", "1");
        Process up = command.redirectErrorStream(true).start();
        try {
            Map<String, Double> at = new LinkedHashMap<>();
            Map<String, ProcessHandle> processes = new LinkedHashMap<>();
            processes.put("the command itself", up.toHandle());
            StringBuilder said = new StringBuilder();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    said.append(line).append('\n');
                    double seconds = (System.nanoTime() - begun) / 1e9;
                    Matcher move = MOVE.matcher(line);
                    if (move.matches()) {
                        at.putIfAbsent(step(move.group(1), move.group(2)), seconds);
                        if (move.group(3) != null) {
                            ProcessHandle.of(Long.parseLong(move.group(3)))
                                    .ifPresent(process -> processes.put("`" + move.group(1) + "`", process));
                        }
                    }
                    if (line.contains(" is up: ")) {
                        at.put(HEALTHY, seconds);
                        Start start = new Start(at, cpuSeconds(processes));
                        up.toHandle().destroy();
                        out.lines().forEach(rest -> {});
                        return start;
                    }
                }
            }
            throw new IOException("hippo up ended before all were healthy:\n" + said);
        } finally {
            up.toHandle().destroy();
            if (!up.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                up.destroyForcibly();
            }
        }
    }

    double allCpu() {
        return cpu.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private static String step(String name, String state) {
        boolean kafka = name.equals("kafka");
        if (state.equals("starting")) {
            return kafka ? "checked; Kafka is launched" : "topics are there; hippos are launched";
        }
        return kafka ? "Kafka is ready" : "`" + name + "` is healthy";
    }

    private static Map<String, Double> cpuSeconds(Map<String, ProcessHandle> processes) {
        Map<String, Double> cpu = new LinkedHashMap<>();
        processes.forEach((name, process) -> cpu.put(
                name, process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3));
        return cpu;
    }
}
