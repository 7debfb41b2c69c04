// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
    private static final JobID OLD = new JobID(1, 1);
    private static final JobID NEW = new JobID(2, 2);

    @TempDir
    Path root;

    private CheckpointFolder checkpoints;

    @BeforeEach
    void open() {
        checkpoints = new CheckpointFolder(new org.apache.flink.core.fs.Path(root.toUri()));
    }

    private static byte[] metadata(long number) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(number, List.of(), List.of()), bytes);
        return bytes.toByteArray();
    }

    private Path write(JobID job, long number, byte[] metadata, String modified) throws IOException {
        Path folder = root.resolve(job.toHexString()).resolve("chk-" + number);
        Files.createDirectories(folder);
        Path file = Files.write(folder.resolve("_metadata"), metadata);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse(modified)));
        return folder;
    }

    private Path newest() throws IOException {
        return checkpoints.newest().map(path -> Path.of(path.toUri())).orElse(null);
    }

    @Test
    void withoutACheckpointThereIsNone() throws Exception {
        assertThat(newest()).isNull();
        Files.delete(root);
        assertThat(newest()).as("not even the folder").isNull();
    }

    @Test
    void theHighestNumberIsTheNewestWhateverTheClockSaid() throws Exception {
        write(OLD, 9, metadata(9), "2026-01-02T00:00:00Z");
        Path newest = write(NEW, 10, metadata(10), "2026-01-01T00:00:00Z");
        assertThat(newest()).isEqualTo(newest);
    }

    @Test
    void oneThatACrashCutOffIsPassedOver() throws Exception {
        Path whole = write(OLD, 9, metadata(9), "2026-01-01T00:00:00Z");
        byte[] half = metadata(10);
        write(NEW, 10, Arrays.copyOf(half, half.length / 2), "2026-01-02T00:00:00Z");
        write(NEW, 11, new byte[0], "2026-01-03T00:00:00Z");
        Files.createDirectories(root.resolve(NEW.toHexString()).resolve("chk-12"));
        assertThat(newest()).isEqualTo(whole);
    }

    @Test
    void oneThatCannotBeReadJustNowIsNotPassedOver() throws Exception {
        write(OLD, 9, metadata(9), "2026-01-01T00:00:00Z");
        // a folder in the file's place fails to open, as a store does that is away for a moment
        Files.createDirectories(
                root.resolve(NEW.toHexString()).resolve("chk-10").resolve("_metadata"));
        assertThatThrownBy(this::newest).isInstanceOf(IOException.class);
    }

    @Test
    void foldersOfOtherNamesAreLeftAlone() throws Exception {
        Path mine = write(OLD, 1, metadata(1), "2026-01-01T00:00:00Z");
        Files.createDirectories(root.resolve("notes/chk-7"));
        Files.write(root.resolve("notes/chk-7/_metadata"), metadata(7));
        Files.createDirectories(root.resolve(OLD.toHexString()).resolve("shared"));
        assertThat(newest()).isEqualTo(mine);
        checkpoints.keepOnly(NEW);
        assertThat(root.resolve("notes")).exists();
        assertThat(mine).doesNotExist();
    }

    @Test
    void onlyTheRunningJobsCheckpointsAreKept() throws Exception {
        write(OLD, 9, metadata(9), "2026-01-01T00:00:00Z");
        Path newest = write(NEW, 10, metadata(10), "2026-01-01T00:00:00Z");
        checkpoints.keepOnly(NEW);
        try (var left = Files.list(root)) {
            assertThat(left).containsExactly(root.resolve(NEW.toHexString()));
        }
        assertThat(newest()).isEqualTo(newest);
    }
}
