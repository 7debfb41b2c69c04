// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

/**
 * How far a client has come: everything before it was taken. Immutable.
 *
 * @param offset the topic's record that is told first after a death
 * @param scn the place in the source's log behind the last window before it
 * @param transaction that window's transaction, in the source's own terms; empty where this client has not taken it itself
 */
public record Checkpoint(long offset, Scn scn, String transaction) {}
