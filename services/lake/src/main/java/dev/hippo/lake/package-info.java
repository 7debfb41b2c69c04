// SPDX-License-Identifier: Apache-2.0
/** Topic to Delta table through Delta Kernel: exactly once, without a cluster. */
@NullMarked
package dev.hippo.lake;

import org.jspecify.annotations.NullMarked;
