// SPDX-License-Identifier: Apache-2.0
/** Sources without a log: scanned again and again, and told by what is different each time. */
@NullMarked
package dev.hippo.capture.pull;

import org.jspecify.annotations.NullMarked;
