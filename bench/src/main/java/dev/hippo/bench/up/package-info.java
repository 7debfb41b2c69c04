// SPDX-License-Identifier: Apache-2.0
/** How long a pipeline takes to come up. */
@NullMarked
package dev.hippo.bench.up;

import org.jspecify.annotations.NullMarked;
