// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.time.Duration;

/**
 * A Graphite server that is sent metrics.
 *
 * @param host its name or address; an address of IPv6 in brackets
 * @param port of its plain text protocol
 * @param every how often
 * @param prefix how each path begins; dots are levels
 */
public record GraphiteSpec(String host, int port, Duration every, String prefix) {}
