// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The status store in a file. */
class EmbeddedStoreTest extends StatusStoreContract {
    @TempDir
    Path folder;

    @Override
    Database open(String pipeline) throws Exception {
        return Database.open(Database.embedded(folder), "", "", pipeline);
    }
}
