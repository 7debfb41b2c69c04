// SPDX-License-Identifier: Apache-2.0
/** The embedded Kafka broker: one KRaft node, on loopback, in a process of its own. */
@NullMarked
package dev.hippo.broker;

import org.jspecify.annotations.NullMarked;
