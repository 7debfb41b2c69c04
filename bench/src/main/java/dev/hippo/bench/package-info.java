// SPDX-License-Identifier: Apache-2.0
/** Benchmarks beside the bare engines; {@code bench/run} starts them. */
@NullMarked
package dev.hippo.bench;

import org.jspecify.annotations.NullMarked;
