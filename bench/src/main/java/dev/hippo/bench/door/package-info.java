// SPDX-License-Identifier: Apache-2.0
/** Benchmark (a): the door, each shape, beside a bare KafkaProducer with the same settings. */
@NullMarked
package dev.hippo.bench.door;

import org.jspecify.annotations.NullMarked;
