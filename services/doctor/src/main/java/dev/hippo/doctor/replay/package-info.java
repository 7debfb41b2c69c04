// SPDX-License-Identifier: Apache-2.0
/** Ranges of topics once more, in the background. */
@NullMarked
package dev.hippo.doctor.replay;

import org.jspecify.annotations.NullMarked;
