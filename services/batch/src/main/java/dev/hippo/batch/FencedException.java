// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

/** Another process runs the same hippo: this one may not write any more, and its jobs are the other's business. */
final class FencedException extends Exception {
    private static final long serialVersionUID = 1L;

    FencedException(String message, Throwable cause) {
        super(message, cause);
    }
}
