// SPDX-License-Identifier: Apache-2.0
/** What every hippo process is made of. */
@NullMarked
package dev.hippo.kit;

import org.jspecify.annotations.NullMarked;
