// SPDX-License-Identifier: Apache-2.0
/** A contract's messages as Flink's rows: the SQL types, and both ways between wire bytes and rows. Knows nothing of Kafka. */
@NullMarked
package dev.hippo.flink.row;

import org.jspecify.annotations.NullMarked;
