// SPDX-License-Identifier: Apache-2.0
/** From the values of a row to a message of its contract, without an object between. */
@NullMarked
package dev.hippo.capture.encode;

import org.jspecify.annotations.NullMarked;
