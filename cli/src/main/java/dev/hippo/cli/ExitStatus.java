// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

/** The exit statuses of all commands, as {@code docs/command-line.md} lists them. */
public final class ExitStatus {
    /** Done. */
    public static final int OK = 0;
    /** The check found errors, an event was refused, the books do not match. */
    public static final int FAILED = 1;
    /** The command line itself is wrong. */
    public static final int USAGE = 2;
    /** What is needed does not run, or does not answer. */
    public static final int UNAVAILABLE = 3;
    /** It runs already. */
    public static final int ALREADY = 4;

    private ExitStatus() {}
}
