// SPDX-License-Identifier: Apache-2.0
/** From an event's bytes to Kafka's acknowledgement: rules, keys, headers, limits, deadlines. Knows no protocol. */
@NullMarked
package dev.hippo.frontier.publish;

import org.jspecify.annotations.NullMarked;
