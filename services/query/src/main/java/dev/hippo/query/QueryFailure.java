// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

/** A query that is not answered: the status for HTTP, and what to tell. */
final class QueryFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    QueryFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
