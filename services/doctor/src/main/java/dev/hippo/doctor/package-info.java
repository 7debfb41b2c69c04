// SPDX-License-Identifier: Apache-2.0
/** Watches a pipeline, keeps what happened, answers questions about it. */
@NullMarked
package dev.hippo.doctor;

import org.jspecify.annotations.NullMarked;
