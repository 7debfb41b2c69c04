// SPDX-License-Identifier: Apache-2.0
/** stream-etl on Flink SQL: tables made from contracts, protobuf straight to rows and back, exactly once. */
@NullMarked
package dev.hippo.flink;

import org.jspecify.annotations.NullMarked;
