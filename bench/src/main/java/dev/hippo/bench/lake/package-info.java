// SPDX-License-Identifier: Apache-2.0
/** The lake writer beside a plain Kernel loop and a bare consumer. */
@NullMarked
package dev.hippo.bench.lake;

import org.jspecify.annotations.NullMarked;
