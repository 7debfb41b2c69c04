// SPDX-License-Identifier: Apache-2.0
/** The bank example: two databases, those who change them, and the comparison of what was told with what is there. */
@NullMarked
package dev.hippo.examples.bank;

import org.jspecify.annotations.NullMarked;
