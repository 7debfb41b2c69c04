// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;

/** Why a job did not start, in the user's words where it is the user's to mend. */
final class StartProblem {
    private StartProblem() {}

    static Exception of(Exception e, HippoSpec hippo, HippoSettings.Flink settings, String from) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("Cannot map checkpoint/savepoint state")
                    || message.contains("Failed to rollback to checkpoint/savepoint")
                    || cause.getClass().getSimpleName().equals("StateMigrationException")) {
                return new HippoFailure(
                        "the state in " + from + " does not fit "
                                + settings.sql().getFileName()
                                + " any more (Flink: " + firstLine(root(e))
                                + "). Put the old SQL back; or give the step a new name, then '"
                                + hippo.name()
                                + "' begins anew; or delete the step's checkpoints and say under engine.flink.config 'hippo.start: earliest'"
                                + " (reads all again, writes every result a second time) or 'hippo.start: committed' (goes on behind what was read, has"
                                + " forgotten what it had counted)",
                        e);
            }
        }
        return new IllegalStateException("the Flink job did not start: " + firstLine(root(e)), e);
    }

    static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
