// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessRecordTest {
    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    private static List<ProcessRecord> running(long pid) {
        return List.of(new ProcessRecord("work", "batch", "RUNNING", pid, 1, "0", 0, 0));
    }

    @Test
    void aFolderThatCannotBeWrittenIsToldOnceAndWhatRunsIsWrittenWhenItCanBe() throws Exception {
        StateFolder state = new StateFolder(folder);
        Path inTheWay = Files.createFile(folder.resolve("run"));
        ProcessRecord.Writer writer = new ProcessRecord.Writer(state, notices::add);
        writer.write(running(1));
        writer.write(running(2));
        assertThat(notices).singleElement().asString().contains(inTheWay.toString(), "cannot be written");
        Files.delete(inTheWay);
        writer.write(running(2));
        assertThat(ProcessRecord.read(state)).isEqualTo(running(2));
        assertThat(notices).hasSize(2);
    }
}
