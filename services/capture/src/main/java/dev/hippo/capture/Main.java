// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.kit.HippoProcess;

/** The process of a db-etl. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, CaptureService::new);
    }
}
