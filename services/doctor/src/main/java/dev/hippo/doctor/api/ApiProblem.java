// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

/** What a caller is told instead of an answer, as problem+json. */
final class ApiProblem extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;

    ApiProblem(int status, String title, String detail) {
        super(detail);
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }
}
