// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

/**
 * One difference between the contract that something was stored with and the contract of now.
 *
 * @param file the path of the {@code .proto} file, relative to the contracts folder
 * @param line counted from 1; 0 for the file as a whole
 * @param column counted from 1; 0 for the file as a whole
 * @param message what has changed and what that does
 * @param hint what to do
 */
public record ContractChange(String file, int line, int column, Effect effect, String message, String hint) {
    /** What it does to what is stored. */
    public enum Effect {
        /** Stored events or rows would not be read as what they are. */
        BREAKS,
        /** The bytes stay what they are; JSON, SQL or columns see a difference. */
        RENAMES
    }
}
