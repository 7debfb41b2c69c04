// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.postgres.PostgresSettings;
import dev.hippo.capture.postgres.PostgresSource;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings.Capture;

/** Knows which reader reads which database. */
final class Sources {
    private static final String POSTGRES = "jdbc:postgresql:";

    private Sources() {}

    /**
     * The reader of a hippo's database, not connected yet.
     *
     * @throws SourceFailure if there is none for it
     */
    static ChangeSource of(HippoContext context, Contracts contracts) throws SourceFailure {
        Capture capture = context.hippo().settings(Capture.class);
        if (capture.url().startsWith(POSTGRES)) {
            return new PostgresSource(postgres(context, capture), contracts, context.clock());
        }
        throw new SourceFailure(
                SourceFailure.Kind.SETTING, "this version reads the changes of PostgreSQL, not of " + capture.url());
    }

    private static PostgresSettings postgres(HippoContext context, Capture capture) {
        return PostgresSettings.forHippo(
                context.pipeline().name(),
                context.hippo().name(),
                capture.url(),
                capture.user(),
                capture.password(),
                capture.tables(),
                0);
    }
}
