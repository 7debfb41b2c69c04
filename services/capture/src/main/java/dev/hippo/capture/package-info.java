// SPDX-License-Identifier: Apache-2.0
/** Change capture: databases as streams. */
@NullMarked
package dev.hippo.capture;

import org.jspecify.annotations.NullMarked;
