// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import java.util.Map;

/**
 * What became of the events of one submission, in their order. Not copied: the reader owns it.
 *
 * @param partitions -1 where refused
 * @param offsets -1 where refused
 * @param refusals by the event's number from 0; empty when all were acknowledged
 */
@SuppressWarnings("ArrayRecordComponent") // one per request on the fast path; nobody compares outcomes
public record Outcome(int[] partitions, long[] offsets, Map<Integer, Refusal> refusals) {
    /** The number of events. */
    public int size() {
        return partitions.length;
    }
}
