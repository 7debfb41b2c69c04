// SPDX-License-Identifier: Apache-2.0
/** Changelog topics as tables of a database: each change there once, with the place behind it in the same transaction. */
@NullMarked
package dev.hippo.capture.destination;

import org.jspecify.annotations.NullMarked;
