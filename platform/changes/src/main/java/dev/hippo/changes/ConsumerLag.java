// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a client is behind. Immutable.
 *
 * @param records of the topic that it has not been told, with the marks that Kafka puts behind each transaction
 * @param at when Kafka has said where the topic ends
 * @param median how old half of the changes of the last minute were at most when the consumer had taken them, from their commit in the source; empty where there were none. Rows of a
 *     snapshot have no such age
 * @param p99 the same for 99 of 100
 */
public record ConsumerLag(long records, Instant at, Optional<Duration> median, Optional<Duration> p99) {}
