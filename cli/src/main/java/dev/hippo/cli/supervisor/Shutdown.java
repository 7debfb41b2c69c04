// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.kit.ProcessLock;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Stops what runs in a state folder, from outside its supervisor. */
public final class Shutdown {
    private Shutdown() {}

    /**
     * Stops the supervisor, which stops its processes; if it is dead, stops what it left, the broker last. Returns when all are gone.
     *
     * @return how many processes were stopped here
     */
    public static int of(StateFolder state) throws IOException {
        int stopped = 0;
        Path supervisorLock = Supervisor.lockFile(state);
        Optional<ProcessHandle> supervisor = ProcessLock.heldBy(supervisorLock);
        if (supervisor.isPresent()) {
            supervisor.get().destroy();
            supervisor.get().onExit().join();
            stopped++;
        }
        List<ProcessRecord> left = ProcessRecord.read(state).stream()
                .sorted(Comparator.comparing(record -> record.name().equals(ServiceCommand.BROKER)))
                .toList();
        for (ProcessRecord record : left) {
            stopped += end(record.living());
        }
        // those that were launched and not yet written down when their supervisor was killed
        for (Path lock : locks(state)) {
            stopped += end(ProcessLock.heldBy(lock));
        }
        return stopped;
    }

    private static List<Path> locks(StateFolder state) throws IOException {
        List<Path> locks = new ArrayList<>();
        if (Files.isDirectory(state.run())) {
            try (Stream<Path> files = Files.list(state.run())) {
                files.filter(file -> file.toString().endsWith(".lock"))
                        .filter(file -> !file.equals(Supervisor.lockFile(state)))
                        .sorted()
                        .forEach(locks::add);
            }
        }
        locks.add(ServiceCommand.brokerLock(state));
        return locks;
    }

    private static int end(Optional<ProcessHandle> process) {
        process.ifPresent(Child::end);
        return process.isPresent() ? 1 : 0;
    }
}
