// SPDX-License-Identifier: Apache-2.0
/** Contracts and pipeline lines for tables that are there. */
@NullMarked
package dev.hippo.capture.describe;

import org.jspecify.annotations.NullMarked;
