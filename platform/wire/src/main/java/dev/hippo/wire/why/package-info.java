// SPDX-License-Identifier: Apache-2.0
/** Why a rule has started a mission, or has not. */
@NullMarked
package dev.hippo.wire.why;

import org.jspecify.annotations.NullMarked;
