// SPDX-License-Identifier: Apache-2.0
/** The pipeline file as a model, its parser and its checks. */
@NullMarked
package dev.hippo.pipeline;

import org.jspecify.annotations.NullMarked;
