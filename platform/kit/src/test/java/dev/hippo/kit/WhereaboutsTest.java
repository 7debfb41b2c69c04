// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhereaboutsTest {
    @TempDir
    Path folder;

    @Test
    void staysTheSameForAFolderAndDiffersForOneOfTheSamePathOnAHostOfTheSameName() throws Exception {
        StateFolder state = new StateFolder(folder.resolve("state"));
        String first = Whereabouts.of(state);
        String name = Whereabouts.shortName(state);
        assertThat(Whereabouts.of(new StateFolder(state.root()))).isEqualTo(first);
        assertThat(Whereabouts.shortName(state)).isEqualTo(name).startsWith(Whereabouts.host() + "-");
        assertThat(state.root()).isDirectoryContaining(file -> file.equals(state.identity()));
        // another host has the same path, and nothing of this folder
        Files.delete(state.identity());
        assertThat(Whereabouts.of(state)).isNotEqualTo(first);
        assertThat(Whereabouts.shortName(state)).isNotEqualTo(name);
    }
}
