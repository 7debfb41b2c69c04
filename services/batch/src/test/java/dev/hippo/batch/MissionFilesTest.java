// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissionFilesTest {
    private static final Instant LIMIT = Instant.parse("2026-11-14T10:00:00Z");

    @TempDir
    Path folder;

    @Test
    void whatIsOverAndOldGoesAndNothingElse() throws Exception {
        mission("old", LIMIT.minusSeconds(1));
        mission("young", LIMIT.plusSeconds(1));
        mission("open", LIMIT.minusSeconds(1));
        assertThat(MissionFiles.sweep(folder, Set.of("open"), LIMIT)).isEqualTo(1);
        assertThat(folder.resolve("old")).doesNotExist();
        assertThat(folder.resolve("young/1/output.log")).exists();
        assertThat(folder.resolve("open/1/output.log")).exists();
    }

    @Test
    void aFolderThatIsNotThereYetIsEmpty() throws Exception {
        assertThat(MissionFiles.sweep(folder.resolve("none"), Set.of(), LIMIT)).isZero();
    }

    private void mission(String name, Instant time) throws Exception {
        Files.createDirectories(folder.resolve(name).resolve("1"));
        Files.createFile(folder.resolve(name).resolve("1/output.log"));
        Files.setLastModifiedTime(folder.resolve(name), FileTime.from(time));
    }
}
