// SPDX-License-Identifier: Apache-2.0
/** Benchmark (d): parse and field rules per event, the compiled checker beside DynamicMessage with protovalidate. */
@NullMarked
package dev.hippo.bench.contracts;

import org.jspecify.annotations.NullMarked;
