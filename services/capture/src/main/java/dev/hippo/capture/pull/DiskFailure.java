// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.io.IOException;

/** Our own disk's failure, on its way through a scan that knows only of failures of the source. */
final class DiskFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IOException failure;

    DiskFailure(IOException failure) {
        super(failure);
        this.failure = failure;
    }

    IOException failure() {
        return failure;
    }
}
