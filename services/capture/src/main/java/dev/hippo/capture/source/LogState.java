// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

/**
 * A source's log at one moment, seen from outside.
 *
 * @param end how far the source has written it
 * @param behind bytes of it that are not stored yet; -1 if that is not known
 * @param retained bytes that the source keeps; -1 if that is not known
 */
public record LogState(Position end, long behind, long retained) {}
