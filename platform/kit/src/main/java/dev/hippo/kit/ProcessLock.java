// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A lock that a process holds as long as it lives, and that the operating system takes away when it dies. Thread-safe. */
public final class ProcessLock implements AutoCloseable {
    /** Looking at a lock takes it for a moment; that moment must not turn away who wants to keep it. */
    private static final int TRIES = 10;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * What this process holds; guarded by the class. Such a file is never opened again: closing any channel of a file gives up all the process's
     * locks on it.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path file;
    private final FileChannel channel;

    private ProcessLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock; empty when another process, or this one, holds it. */
    public static synchronized Optional<ProcessLock> take(Path file) throws IOException {
        Path key = key(file);
        Files.createDirectories(key.getParent());
        if (!HELD.add(key)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel =
                    FileChannel.open(key, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                return Optional.empty();
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(ownPid().getBytes(StandardCharsets.UTF_8)));
            taken = true;
            return Optional.of(new ProcessLock(key, channel));
        } finally {
            if (!taken) {
                HELD.remove(key);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        for (int tries = 1; tries < TRIES; tries++) {
            if (channel.tryLock() != null) {
                return true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return channel.tryLock() != null;
    }

    private static Path key(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    /** The pid that the present or last holder wrote; empty when there was none. */
    public static synchronized String holder(Path file) throws IOException {
        if (HELD.contains(key(file))) {
            return ownPid();
        }
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    /** The process that holds the lock at this moment; empty when none does, or it has only just taken it. Never true of a lock of this process. */
    public static synchronized Optional<ProcessHandle> heldBy(Path file) throws IOException {
        if (!Files.exists(file) || HELD.contains(key(file))) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                return Optional.empty();
            }
        }
        String pid = holder(file);
        return pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
    }

    @Override
    public void close() throws IOException {
        synchronized (ProcessLock.class) {
            if (channel.isOpen()) {
                channel.close();
                HELD.remove(file);
            }
        }
    }
}
