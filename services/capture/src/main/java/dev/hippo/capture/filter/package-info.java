// SPDX-License-Identifier: Apache-2.0
/** Tells of a source only the rows that the pipeline file asks for. */
@NullMarked
package dev.hippo.capture.filter;

import org.jspecify.annotations.NullMarked;
