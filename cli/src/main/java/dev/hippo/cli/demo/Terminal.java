// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

/** Whether a person watches: then progress overwrites its line, and in a pipe it is left out. */
final class Terminal {
    private Terminal() {}

    /** Java 17 has a console only when both ends are a terminal; later ones have one always, and say so themselves. */
    @SuppressWarnings("SystemConsoleNull")
    static boolean isOne() {
        return System.console() != null && System.getenv("TERM") != null;
    }
}
