// SPDX-License-Identifier: Apache-2.0
/** Regular expressions that match bytes without decoding them. */
@NullMarked
package dev.hippo.contracts.pattern;

import org.jspecify.annotations.NullMarked;
