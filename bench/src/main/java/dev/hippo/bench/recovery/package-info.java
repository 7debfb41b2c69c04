// SPDX-License-Identifier: Apache-2.0
/** How soon what dies is seen and runs again. */
@NullMarked
package dev.hippo.bench.recovery;

import org.jspecify.annotations.NullMarked;
