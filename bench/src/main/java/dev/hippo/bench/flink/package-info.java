// SPDX-License-Identifier: Apache-2.0
/** Flink steps beside Flink's own protobuf format and a bare consumer. */
@NullMarked
package dev.hippo.bench.flink;

import org.jspecify.annotations.NullMarked;
