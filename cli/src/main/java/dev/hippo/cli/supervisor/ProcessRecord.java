// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor writes down of each process, for {@code status} and for the supervisor that comes after it.
 *
 * @param pid 0 when it does not run
 * @param born when the operating system started that pid, in milliseconds since 1970; tells a reused pid apart
 * @param fingerprint of the command line
 * @param restarts how often it was launched again
 * @param epoch of the last assignment that was obeyed; 0 for what is not assigned
 */
public record ProcessRecord(
        String name, String kind, String state, long pid, long born, String fingerprint, int restarts, long epoch) {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Path file(StateFolder state) {
        return state.run().resolve("processes.json");
    }

    /** The records of the present or last supervisor; empty when there was none. */
    public static List<ProcessRecord> read(StateFolder state) throws IOException {
        return Files.exists(file(state))
                ? JSON.readValue(Files.readAllBytes(file(state)), new TypeReference<List<ProcessRecord>>() {})
                : List.of();
    }

    static void write(StateFolder state, List<ProcessRecord> records) throws IOException {
        Files.createDirectories(state.run());
        Path half = state.run().resolve("processes.json.new");
        Files.write(half, JSON.writeValueAsBytes(records));
        Files.move(half, file(state), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The living process that this is about, if it lives and is no other that got the same pid. */
    public Optional<ProcessHandle> living() {
        return pid == 0
                ? Optional.empty()
                : ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(handle -> born == born(handle));
    }

    static long born(ProcessHandle handle) {
        return handle.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
    }

    /** Writes records down whenever they have changed; a folder that cannot be written is told of and stops nothing. Not thread-safe. */
    static final class Writer {
        private final StateFolder state;
        private final Consumer<String> notice;
        private @Nullable List<ProcessRecord> written;
        private boolean told;

        Writer(StateFolder state, Consumer<String> notice) {
            this.state = state;
            this.notice = notice;
        }

        void write(List<ProcessRecord> records) {
            if (records.equals(written)) {
                return;
            }
            try {
                ProcessRecord.write(state, records);
                written = List.copyOf(records);
                if (told) {
                    told = false;
                    notice.accept("what runs here can be written down again");
                }
            } catch (IOException e) {
                if (!told) {
                    told = true;
                    notice.accept("warning: what runs here cannot be written to " + file(state) + ": " + e
                            + "; everything goes on, but 'hippo status' shows what was before. See whether the disk is"
                            + " full or the folder may not be written; it is tried again all the time");
                }
            }
        }
    }
}
