// SPDX-License-Identifier: Apache-2.0
/** Missions: notices and finish messages come in, commands run, finish messages go out. */
@NullMarked
package dev.hippo.batch;

import org.jspecify.annotations.NullMarked;
