// SPDX-License-Identifier: Apache-2.0
/** Which port a process listens on if nobody has said it. */
@NullMarked
package dev.hippo.ports;

import org.jspecify.annotations.NullMarked;
