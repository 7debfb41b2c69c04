// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.internal.util.Utils;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableFilesTest {
    @TempDir
    Path folder;

    private final TableFiles files = new TableFiles(new Configuration());

    @Test
    void aVersionThatAnotherProcessMakesMeanwhileIsNotReplaced() throws Exception {
        Path version = folder.resolve("a %20b/00.json");
        Files.createDirectory(version.getParent());
        Stream<String> ours = Stream.of("ours").peek(line -> {
            try {
                Files.writeString(version, "another's");
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(() -> files.newOutputFile("file:" + version)
                        .writeAtomically(Utils.toCloseableIterator(ours.iterator()), false))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(version).hasContent("another's");
        assertThat(version.getParent().toFile().list()).containsExactly("00.json");
    }

    @Test
    void aNewVersionIsThereWithAllItsLinesAndAnOldOneCanBeReplaced() throws Exception {
        Path version = folder.resolve("01.json");
        files.newOutputFile(version.toString())
                .writeAtomically(Utils.toCloseableIterator(List.of("a", "é").iterator()), false);
        assertThat(Files.readAllLines(version)).containsExactly("a", "é");
        files.newOutputFile(version.toString())
                .writeAtomically(Utils.toCloseableIterator(List.of("b").iterator()), true);
        assertThat(Files.readAllLines(version)).containsExactly("b");
    }
}
