// SPDX-License-Identifier: Apache-2.0
/** What goes over Kafka: connections, topics, headers, control messages. */
@NullMarked
package dev.hippo.wire;

import org.jspecify.annotations.NullMarked;
