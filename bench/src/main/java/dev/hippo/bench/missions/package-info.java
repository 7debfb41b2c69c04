// SPDX-License-Identifier: Apache-2.0
/** Benchmark (g): from a notice to the start of its job, and missions through the state machine. */
@NullMarked
package dev.hippo.bench.missions;

import org.jspecify.annotations.NullMarked;
