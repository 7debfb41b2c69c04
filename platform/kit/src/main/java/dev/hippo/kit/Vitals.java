// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.time.Instant;

/**
 * How a hippo is at one moment; the answer of {@code GET /health} and the better part of a heartbeat.
 *
 * @param state {@code starting}, {@code running}, {@code stopping}, or {@code failed} while it stops because its work cannot go on
 * @param rateIn events per second over the last five seconds
 * @param lag events behind what it reads
 * @param lastProgress when a counter or the position last moved
 */
public record Vitals(
        String name,
        String kind,
        String pipeline,
        String state,
        long pid,
        int port,
        Instant startedAt,
        String position,
        long in,
        long out,
        long rejected,
        double rateIn,
        double rateOut,
        long lag,
        Instant lastProgress) {}
