// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;

/**
 * The checkpoints of one step on disk: {@code JOB/chk-N/_metadata}. The newest complete one is the only one that a step may start from: an older one would write again what
 * newer ones have already made visible.
 */
final class CheckpointFolder {
    private record Checkpoint(Path folder, long number, long written) {}

    private final Path root;

    CheckpointFolder(Path root) {
        this.root = root;
    }

    /** The newest checkpoint whose metadata can be read whole; one that a crash cut off was never complete, so nothing of it is visible. */
    Optional<Path> newest() throws IOException {
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        List<Checkpoint> all;
        try (Stream<Path> files = Files.find(
                root,
                3,
                (path, attributes) ->
                        path.getFileName().toString().equals("_metadata") && attributes.isRegularFile())) {
            all = files.map(CheckpointFolder::checkpoint)
                    .sorted(Comparator.comparingLong(Checkpoint::number)
                            .thenComparingLong(Checkpoint::written)
                            .reversed())
                    .toList();
        }
        for (Checkpoint checkpoint : all) {
            if (readable(checkpoint.folder())) {
                return Optional.of(checkpoint.folder());
            }
        }
        return Optional.empty();
    }

    private static Checkpoint checkpoint(Path metadata) {
        Path folder = java.util.Objects.requireNonNull(metadata.getParent());
        String name = String.valueOf(folder.getFileName());
        long number = name.matches("chk-[0-9]+") ? Long.parseLong(name.substring(4)) : -1;
        return new Checkpoint(folder, number, metadata.toFile().lastModified());
    }

    private static boolean readable(Path folder) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(folder.resolve("_metadata")))) {
            Checkpoints.loadCheckpointMetadata(in, CheckpointFolder.class.getClassLoader(), folder.toString());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
