// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

/**
 * One thing that is wrong with a {@code .proto} file.
 *
 * @param file the path of the file, relative to the contracts folder
 * @param line counted from 1; 0 when the problem is about the file as a whole
 * @param column counted from 1; 0 when the problem is about the file as a whole
 * @param message what is wrong, as protoc says it
 */
public record ContractProblem(String file, int line, int column, String message) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": error: " + message;
    }
}
