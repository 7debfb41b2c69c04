// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.diagnosis;

import dev.hippo.cli.supervisor.ProcessRecord;
import dev.hippo.cli.supervisor.Supervisor;
import dev.hippo.kit.ProcessLock;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at the processes of a pipeline on this host: those that should run and do not, with their last words, and what dead ones have left. */
public final class ProcessCheckup {
    private static final int LAST_LINES = 3;
    private static final int LONGEST_LINE = 300;
    private static final int LAST_BYTES = 8 << 10;

    private final StateFolder state;

    public ProcessCheckup(StateFolder state) {
        this.state = state;
    }

    /** What was found. */
    public List<Symptom> look() throws IOException {
        List<Symptom> symptoms = new ArrayList<>();
        Optional<ProcessHandle> supervisor = ProcessLock.heldBy(Supervisor.lockFile(state));
        List<ProcessRecord> records = ProcessRecord.read(state);
        symptoms.add(supervisor
                .map(process -> Symptom.well("supervisor", "'hippo up' runs as process " + process.pid()))
                .orElseGet(() -> Symptom.warning(
                        "supervisor",
                        "the pipeline is not up: nothing restarts what dies",
                        "start it with 'hippo up'")));
        for (ProcessRecord record : records) {
            symptoms.add(process(record, supervisor.isPresent()));
        }
        leftovers(symptoms);
        return symptoms;
    }

    private Symptom process(ProcessRecord record, boolean supervised) throws IOException {
        String word = record.state().toLowerCase(Locale.ROOT);
        boolean lives = record.living().isPresent();
        if (record.state().equals("DEAD") || record.state().equals("RETRYING")) {
            return Symptom.sick(
                    record.name(),
                    "it is " + word + " after " + record.restarts() + " restarts; " + lastWords(record.name()),
                    "'hippo logs " + record.name() + "' shows more; mend the cause"
                            + (record.state().equals("DEAD") ? ", then 'hippo down' and 'hippo up'" : ""));
        }
        if (lives && !supervised) {
            return Symptom.sick(
                    record.name(),
                    "process " + record.pid() + " runs without a supervisor",
                    "'hippo up' takes it over, 'hippo down' stops it");
        }
        if (!lives && record.state().equals("RUNNING")) {
            return Symptom.sick(
                    record.name(),
                    "it was running and is gone, process " + record.pid() + "; " + lastWords(record.name()),
                    supervised ? "look again: it is restarted" : "start it with 'hippo up'");
        }
        return Symptom.well(record.name(), word + (lives ? ", process " + record.pid() : ""));
    }

    /** The end of what the process printed, or else logged. */
    private String lastWords(String name) throws IOException {
        for (String ending : List.of(".out", ".log")) {
            Path file = state.logs().resolve(name + ending);
            if (Files.isRegularFile(file) && Files.size(file) > 0) {
                String words = last(file);
                if (!words.isBlank()) {
                    return "its last words (" + file.getFileName() + "): " + words;
                }
            }
        }
        return "it has left no log";
    }

    static String last(Path file) throws IOException {
        long size = Files.size(file);
        byte[] end;
        try (java.io.InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(Math.max(0, size - LAST_BYTES));
            end = in.readAllBytes();
        }
        List<String> lines = new String(end, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
                .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "..." : line)
                .collect(Collectors.joining(" | "));
    }

    /** Files that say that a process is ready, of processes that are gone. */
    private void leftovers(List<Symptom> symptoms) throws IOException {
        if (!Files.isDirectory(state.run())) {
            return;
        }
        List<Path> locks;
        try (Stream<Path> files = Files.list(state.run())) {
            locks = files.filter(file -> file.toString().endsWith(".lock"))
                    .sorted()
                    .toList();
        }
        for (Path lock : locks) {
            String name = lock.getFileName().toString().replaceAll("\\.lock$", "");
            Path ready = lock.resolveSibling(name + ".json");
            if (ProcessLock.heldBy(lock).isEmpty() && Files.exists(ready)) {
                symptoms.add(Symptom.warning(
                        name,
                        "process " + ProcessLock.holder(lock) + " was killed: " + ready.getFileName()
                                + " says that it is ready, and nobody holds " + lock.getFileName(),
                        "'hippo up' puts it right; commands that find it there get no answer until then"));
            }
        }
    }
}
