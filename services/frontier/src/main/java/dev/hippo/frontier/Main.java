// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import dev.hippo.kit.HippoProcess;

/** The door's process. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, FrontierService::new);
    }
}
