// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process sees of its own locks; {@link HippoProcessIT} shows two. */
class ProcessLockTest {
    @TempDir
    Path folder;

    @Test
    void aLockIsTakenOnceAndTellsItsHolder() throws IOException {
        Path file = folder.resolve("run/gate.lock");
        assertThat(ProcessLock.holder(file)).isEmpty();
        assertThat(ProcessLock.heldBy(file)).isEmpty();
        Optional<ProcessLock> first = ProcessLock.take(file);
        assertThat(first).isPresent();
        assertThat(ProcessLock.take(file)).isEmpty();
        assertThat(ProcessLock.holder(file))
                .isEqualTo(Long.toString(ProcessHandle.current().pid()));
    }

    @Test
    void whoLooksAtItsOwnLockKeepsIt() throws IOException {
        Path kernel = Path.of("/proc/locks");
        assumeThat(kernel).exists();
        Path file = folder.resolve("gate.lock");
        ProcessLock lock = ProcessLock.take(file).orElseThrow();
        String held = " " + ProcessHandle.current().pid() + " ";
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        assertThat(Files.readAllLines(kernel)).anyMatch(line -> line.contains(held) && line.contains(inode));
        assertThat(ProcessLock.take(file)).isEmpty();
        assertThat(ProcessLock.heldBy(file)).isEmpty();
        assertThat(ProcessLock.holder(file)).isNotEmpty();
        assertThat(Files.readAllLines(kernel)).anyMatch(line -> line.contains(held) && line.contains(inode));
        lock.close();
        assertThat(Files.readAllLines(kernel)).noneMatch(line -> line.contains(held) && line.contains(inode));
    }

    @Test
    void aLockThatWasGivenBackCanBeTakenAgain() throws IOException {
        Path file = folder.resolve("gate.lock");
        ProcessLock.take(file).orElseThrow().close();
        assertThat(ProcessLock.heldBy(file)).isEmpty();
        assertThat(ProcessLock.take(file)).isPresent();
    }

    @Test
    void thePidOfADeadHolderIsOverwritten() throws IOException {
        Path file = folder.resolve("gate.lock");
        Files.writeString(file, "12345678901234567");
        assertThat(ProcessLock.heldBy(file)).isEmpty();
        assertThat(ProcessLock.take(file)).isPresent();
        assertThat(ProcessLock.holder(file))
                .isEqualTo(Long.toString(ProcessHandle.current().pid()));
    }
}
