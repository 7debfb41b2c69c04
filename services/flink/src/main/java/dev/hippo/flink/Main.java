// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.kit.HippoProcess;

/** The process of one Flink SQL step. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, FlinkService::new);
    }
}
