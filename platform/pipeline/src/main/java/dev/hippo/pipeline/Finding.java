// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

/**
 * Something that a check found.
 *
 * @param file the file as the user wrote it
 * @param line counted from 1; 0 for the file as a whole
 * @param column counted from 1
 * @param message what and why
 * @param hint what to do; empty for none
 */
public record Finding(String file, int line, int column, Severity severity, String message, String hint) {
    /** How bad it is. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** One line: {@code pipeline.yaml:14:15: error: topic 'x' is not declared; did you mean 'y'?} */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + severity.name().toLowerCase(java.util.Locale.ROOT) + ": "
                + message + (hint.isEmpty() ? "" : "; " + hint);
    }
}
