// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.capture.destination.DestinationService;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.HippoService;
import dev.hippo.pipeline.HippoSettings;

/** The process of a db-etl: from a database, or to one. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, Main::service);
    }

    private static HippoService service(HippoContext context) {
        return context.hippo().settings() instanceof HippoSettings.Destination
                ? new DestinationService(context)
                : new CaptureService(context);
    }
}
