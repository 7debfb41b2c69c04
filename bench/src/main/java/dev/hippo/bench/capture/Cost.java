// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

/**
 * What reading a change cost.
 *
 * @param perSecond changes a second
 * @param cpuMicros microseconds of CPU for each, of the reader alone: a thread, or a process
 */
record Cost(double perSecond, double cpuMicros) {}
