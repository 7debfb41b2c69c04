// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.capture.destination.DestinationService;
import dev.hippo.capture.destination.LoggedChanges;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.HippoService;
import dev.hippo.pipeline.HippoSettings;

/** The process of a db-etl: from a database, to one, or to a log. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, Main::service);
    }

    private static HippoService service(HippoContext context) {
        HippoSettings settings = context.hippo().settings();
        if (settings instanceof HippoSettings.LogDestination) {
            return new LoggedChanges(context);
        }
        return settings instanceof HippoSettings.Destination
                ? new DestinationService(context)
                : new CaptureService(context);
    }
}
