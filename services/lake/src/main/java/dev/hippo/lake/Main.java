// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.kit.HippoProcess;

/** The lake writer's process. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, LakeService::new);
    }
}
