// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import dev.hippo.kit.HippoProcess;

/** The query service's process. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HippoProcess.run(args, QueryService::new);
    }
}
