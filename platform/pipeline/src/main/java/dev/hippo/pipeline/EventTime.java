// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.time.Duration;

/**
 * When an event happened.
 *
 * @param field a {@code google.protobuf.Timestamp} field, or an int64 field in milliseconds since 1970
 * @param lateness how much later than the newest event an event may arrive and still be counted; not negative
 */
public record EventTime(String field, Duration lateness) {}
