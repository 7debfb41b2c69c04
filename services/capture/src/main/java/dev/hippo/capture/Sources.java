// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings.Capture;

/** Knows which reader reads which database. */
final class Sources {
    private Sources() {}

    /**
     * The reader of a hippo's database, not connected yet.
     *
     * @throws SourceFailure if there is none for it
     */
    static ChangeSource of(HippoContext context, Contracts contracts) throws SourceFailure {
        Capture capture = context.hippo().settings(Capture.class);
        throw new SourceFailure(
                SourceFailure.Kind.SETTING,
                "there is no reader for " + capture.url() + " in this version " + contracts);
    }
}
