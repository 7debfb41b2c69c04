// SPDX-License-Identifier: Apache-2.0
/** The job server: what the Doctor knows and may order, over HTTP. */
@NullMarked
package dev.hippo.doctor.api;

import org.jspecify.annotations.NullMarked;
