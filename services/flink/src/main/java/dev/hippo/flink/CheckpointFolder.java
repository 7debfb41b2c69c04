// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one step: {@code JOB/chk-N/_metadata}. The newest complete one is the only one that a step may start from: an older one would write again what
 * newer ones have already made visible. A job that starts from chk-N goes on with chk-N+1, so the highest number is the newest whatever job wrote it.
 */
final class CheckpointFolder {
    private record Checkpoint(Path folder, long number, long written) {}

    private final Path root;

    CheckpointFolder(Path root) {
        this.root = root;
    }

    /** The newest checkpoint whose metadata can be read whole; one that a crash cut off was never complete, so nothing of it is visible. */
    Optional<Path> newest() throws IOException {
        List<Checkpoint> all = new ArrayList<>();
        for (Path job : folders(root, "[0-9a-f]{32}")) {
            for (Path checkpoint : folders(job, "chk-[0-9]+")) {
                FileStatus metadata = status(new Path(checkpoint, "_metadata"));
                if (metadata != null) {
                    long number = Long.parseLong(checkpoint.getName().substring("chk-".length()));
                    all.add(new Checkpoint(checkpoint, number, metadata.getModificationTime()));
                }
            }
        }
        all.sort(Comparator.comparingLong(Checkpoint::number)
                .thenComparingLong(Checkpoint::written)
                .reversed());
        for (Checkpoint checkpoint : all) {
            if (readable(checkpoint.folder())) {
                return Optional.of(checkpoint.folder());
            }
        }
        return Optional.empty();
    }

    /** Deletes what earlier jobs left, once this job has a checkpoint of its own: nothing of theirs is needed any more. */
    void keepOnly(JobID job) throws IOException {
        for (Path other : folders(root, "[0-9a-f]{32}")) {
            if (!other.getName().equals(job.toHexString())) {
                root.getFileSystem().delete(other, true);
            }
        }
    }

    private static List<Path> folders(Path in, String name) throws IOException {
        FileSystem files = in.getFileSystem();
        FileStatus[] found;
        try {
            found = files.exists(in) ? files.listStatus(in) : null;
        } catch (FileNotFoundException e) {
            // deleted while we looked: Flink keeps the newest few only
            found = null;
        }
        List<Path> folders = new ArrayList<>();
        if (found != null) {
            for (FileStatus each : found) {
                if (each.isDir() && each.getPath().getName().matches(name)) {
                    folders.add(each.getPath());
                }
            }
        }
        return folders;
    }

    private static @Nullable FileStatus status(Path file) throws IOException {
        try {
            return file.getFileSystem().getFileStatus(file);
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    /**
     * Whether the metadata is whole.
     *
     * @throws IOException if it cannot be read just now: that says nothing of it, and an older checkpoint must not be taken for that
     */
    private static boolean readable(Path folder) throws IOException {
        Path metadata = new Path(folder, "_metadata");
        byte[] bytes;
        try (FSDataInputStream in = metadata.getFileSystem().open(metadata)) {
            bytes = in.readAllBytes();
        } catch (FileNotFoundException e) {
            if (status(metadata) == null) {
                // deleted while we looked
                return false;
            }
            throw e;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            Checkpoints.loadCheckpointMetadata(in, CheckpointFolder.class.getClassLoader(), folder.toString());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
