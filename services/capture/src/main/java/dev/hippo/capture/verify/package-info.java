// SPDX-License-Identifier: Apache-2.0
/** Compares a captured table with the topic of its latest rows, while both change. */
@NullMarked
package dev.hippo.capture.verify;

import org.jspecify.annotations.NullMarked;
