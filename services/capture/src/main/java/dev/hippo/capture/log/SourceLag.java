// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

/**
 * How far what is stored is behind its source, as of the last look.
 *
 * @param bytes of the source's log that are not stored yet; 0 if all is, -1 if that is not known
 * @param seconds the oldest of it is at most so old, by the source's clock and ours; 0 if all is stored, -1 if that is not known
 * @param retained bytes of log that the source keeps; -1 if that is not known
 */
public record SourceLag(long bytes, double seconds, long retained) {
    /** Before the first look, and while there is no source to look at. */
    public static final SourceLag UNKNOWN = new SourceLag(-1, -1, -1);
}
