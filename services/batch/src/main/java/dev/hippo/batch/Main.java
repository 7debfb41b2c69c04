// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.kit.HippoProcess;

/** The process of a batch-etl or an integrator. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, BatchService::new);
    }
}
