// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.kit.ProcessLock;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
        Optional<ProcessLock> lock = ProcessLock.take(Supervisor.lockFile(state));
        if (lock.isEmpty()) {
            String holder = ProcessLock.holder(Supervisor.lockFile(state));
            Optional<ProcessHandle> supervisor =
                    holder.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(holder));
            if (supervisor.isPresent()) {
                supervisor.get().destroy();
                supervisor.get().onExit().join();
                stopped++;
            }
        } else {
            lock.get().close();
        }
        List<ProcessRecord> left = ProcessRecord.read(state).stream()
                .sorted(Comparator.comparing(record -> record.name().equals(ServiceCommand.BROKER)))
                .toList();
        for (ProcessRecord record : left) {
            Optional<ProcessHandle> process = record.living();
            if (process.isPresent()) {
                Child.end(process.get());
                stopped++;
            }
        }
        return stopped;
    }
}
