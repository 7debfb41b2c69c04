// SPDX-License-Identifier: Apache-2.0
/** The feed of the flights example. */
@NullMarked
package dev.hippo.examples.flights;

import org.jspecify.annotations.NullMarked;
